"""SMS after a disclaimer: the contact is told who writes and how to stop, then both are free.

Being told is not consent, and the ledger says so: consent is recorded here only when somebody who
had stopped says yes, or when the business brings one that it was given before.
"""

from __future__ import annotations

from flows.flow import (
    DAY,
    Flow,
    State,
    fails,
    hears,
    on,
    prior_consent,
    record,
    refuse,
    request,
    request_fails,
    say,
    taps,
    tell,
)

NOT_STOPPED = ("new", "informed", "undelivered", "opted_in")

disclose = (request("disclaimer"), record("disclaimer.sent"))
stop = hears("stop") | taps("no")
goodbye = (say("goodbye"), tell("opted_out"))

flow = Flow(
    name="sms_disclaimer",
    channel="sms",
    policy="disclaimer",
    initial="new",
    states=(
        State("new", "nobody has written", closed_because="not_informed"),
        State("informed", "told who writes and how to stop", open=True),
        State("undelivered", "the disclaimer did not arrive", closed_because="not_informed"),
        State("opted_in", "said yes after a stop, or elsewhere before", open=True),
        State("opted_out", "stopped, or blocked", closed_because="opted_out"),
    ),
    rows=(
        # the business brings a consent that was given to it elsewhere
        on("start", "new", "informed", "undelivered", to="opted_in", when=prior_consent(),
           do=(tell("opted_in"), record("consent.imported"))),

        # an agent begins
        on("start", "new", "undelivered", to="informed", do=(*disclose, tell("disclaimer_sent"))),
        on("start", "informed", do=(refuse("already_informed"),)),
        on("start", "opted_in", do=(refuse("already_opted_in"),)),
        on("start", "opted_out", do=(refuse("opted_out"),)),

        # the contact wrote
        on("receive", "opted_out", when=hears("stop", "no")),
        on("receive", "opted_in", to="opted_out", when=stop,
           do=(*goodbye, record("consent.withdrawn"))),
        on("receive", "new", "informed", "undelivered", to="opted_out", when=stop,
           do=(*goodbye, record("consent.refused"))),
        on("receive", when=hears("help"), do=(say("help"),)),
        on("receive", "opted_out", to="opted_in", when=hears("yes", "start"),
           do=(say("welcome"), tell("opted_in"), record("consent.renewed"))),
        on("receive", "opted_out", do=(say("ask_again", every=DAY),)),
        on("receive", "new", "undelivered", to="informed",
           do=(*disclose, tell("contact_wrote_first"))),
        on("receive", "informed", "opted_in"),

        # a message of ours will not arrive
        on("fail", "opted_out"),
        on("fail", *NOT_STOPPED, to="opted_out", when=fails("blocked"),
           do=(tell("opted_out_by_provider"), record("consent.withdrawn"))),
        on("fail", "informed", to="undelivered", when=request_fails(),
           do=(tell("undelivered"), record("request.undelivered"))),
    ),
)  # fmt: skip
