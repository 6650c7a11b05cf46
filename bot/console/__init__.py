"""The agents' console: pages for people, at `/`.

A room is a module with `add_to(blueprint, desk)`. Its views hand their work to the desk, which runs
it in one transaction for whoever has signed in:

* `desk.read(work)` shows, `desk.write(work)` changes, `desk.attempt(work, again)` changes by a form
  and shows it again with its mistakes; `roles=` says whom it is for.
* `work` takes a `Visit` (connection, member, now, wall) and answers with `desk.page("name.html")`,
  or, after a change, with `visit.say("Saved.")` and `desk.to("endpoint")`.
* A page extends `base.html`, takes its parts from `parts.html`, and puts `{{ csrf() }}` into every
  form; a script sends the token of `<meta name="csrf">` as `X-Csrf`.
"""

from __future__ import annotations

from flask import Blueprint

from bot.console import (
    asking,
    attached,
    bulk,
    bulk_new,
    by_link,
    consents,
    contacts,
    conversation,
    evidence,
    guard,
    home,
    importing,
    organization,
    own_account,
    problems,
    refusals,
    report,
    second_step,
    senders,
    sending,
    setup,
    signing_in,
    team,
    templates,
    tokens,
    wording,
)
from bot.console.desk import Desk
from bot.console.numbers import spelled
from bot.console.words import language_word
from bot.runtime import Runtime

ROOMS = (
    signing_in, by_link, home, own_account, second_step,
    organization, senders, wording, team, tokens, problems, setup,
    contacts, importing, consents, bulk, bulk_new, asking,
    conversation, evidence, sending, attached, templates, report,
)  # fmt: skip


def console(runtime: Runtime) -> Blueprint:
    """Every page of the console."""
    blueprint = Blueprint(
        "console", __name__,
        static_folder="assets", static_url_path="/assets", template_folder="pages",
    )  # fmt: skip
    blueprint.add_app_template_filter(language_word, "language_name")
    blueprint.add_app_template_filter(spelled)
    guard.add_to(blueprint, runtime.settings)
    refusals.add_to(blueprint)
    desk = Desk(runtime)
    for room in ROOMS:
        room.add_to(blueprint, desk)
    return blueprint
