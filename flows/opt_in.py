"""Consent on WhatsApp: nobody is written to before they have said yes.

`yes` counts whenever it comes, late, after silence, after an opt-out; it never counts when nobody
asked. A row higher up wins. The same table stands, as a picture, in the README.
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

UNASKED = ("new", "unreachable", "undelivered")
ASKED = ("requested", "no_answer")
NOT_ANSWERED = ("new", "requested", "no_answer", "unreachable", "undelivered")
MAY_BE_ASKED = ("new", "no_answer", "unreachable", "undelivered")
ANSWERABLE = ("requested", "no_answer", "unreachable", "undelivered")

ask = request("ask")
yes = hears("yes", "start")
stop = hears("stop") | taps("no")
goodbye = (say("goodbye"), tell("opted_out"))

flow = Flow(
    name="opt_in",
    channel="whatsapp",
    policy="consent",
    initial="new",
    states=(
        State("new", "nobody has asked"),
        State("requested", "a request is out", lasts=DAY),
        State("no_answer", "24 hours passed in silence"),
        State("unreachable", "not on WhatsApp"),
        State("undelivered", "the request failed for another reason"),
        State("opted_in", "consent given", open=True),
        State("opted_out", "refused, withdrawn or blocked", closed_because="opted_out"),
    ),
    rows=(
        # the business brings a consent that was given to it elsewhere
        on("start", *NOT_ANSWERED, to="opted_in", when=prior_consent(),
           do=(tell("opted_in"), record("consent.imported"))),

        # an agent, or a bulk request, asks
        on("start", *MAY_BE_ASKED, to="requested",
           do=(ask, tell("request_sent"), record("consent.requested"))),
        on("start", "requested", do=(refuse("already_requested"),)),
        on("start", "opted_in", do=(refuse("already_opted_in"),)),
        on("start", "opted_out", do=(refuse("opted_out"),)),

        # the contact wrote: to stop, in any state, with exactly one confirmation
        on("receive", "opted_out", when=hears("stop", "no")),
        on("receive", "opted_in", to="opted_out", when=stop,
           do=(*goodbye, record("consent.withdrawn"))),
        on("receive", *UNASKED, *ASKED, to="opted_out", when=stop,
           do=(*goodbye, record("consent.refused"))),

        # ... to say yes or no to a request
        on("receive", "opted_out", to="opted_in", when=yes,
           do=(say("welcome"), tell("opted_in"), record("consent.renewed"))),
        on("receive", *ANSWERABLE, to="opted_in", when=yes,
           do=(say("welcome"), tell("opted_in"), record("consent.given"))),
        on("receive", *ASKED, to="opted_out", when=hears("no"),
           do=(*goodbye, record("consent.refused"))),

        # ... to ask for help, in any state
        on("receive", when=hears("help"), do=(say("help"),)),

        # ... anything else
        on("receive", *UNASKED, to="requested",
           do=(ask, tell("contact_wrote_first"), record("consent.requested"))),
        on("receive", *ASKED,
           do=(say("guide", once_after="ask"), tell("unclear_reply"), record("reply.unclear"))),
        on("receive", "opted_out", do=(say("ask_again", every=DAY),)),
        on("receive", "opted_in"),

        # time is up
        on("expire", "requested", to="no_answer",
           do=(tell("no_answer"), record("consent.deferred"))),

        # a message of ours will not arrive
        on("fail", "opted_out"),
        on("fail", *UNASKED, *ASKED, "opted_in", to="opted_out", when=fails("blocked"),
           do=(tell("opted_out_by_provider"), record("consent.withdrawn"))),
        on("fail", "requested", to="unreachable", when=request_fails("unreachable"),
           do=(tell("unreachable"), record("request.unreachable"))),
        on("fail", "requested", to="undelivered", when=request_fails(),
           do=(tell("undelivered"), record("request.undelivered"))),
    ),
)  # fmt: skip
