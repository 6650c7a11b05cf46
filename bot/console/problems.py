"""What a person should look at, with what can be done about it."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, cast
from uuid import UUID

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from bot.console import trouble
from bot.console.desk import ADMINS, OVERSEERS, Desk, Visit
from bot.console.trouble import MOST_STRAYS
from bot.console.words import status_word
from bot.console.workings import workings
from bot.messaging import pausing, resolve, stray_reports
from bot.messaging.resolve import Decision
from bot.messaging.verdicts import verdict
from bot.people import search
from bot.people.search import WROTE_FIRST

MOST_COUNTED = 1000
"""Where counting people who wrote first ends."""

What = Literal["sent", "send again", "give up"]

SAID = {
    "sent": "Noted as sent.",
    "send again": "It is in the queue again.",
    "give up": "It was given up, and counts as not sent.",
}


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/problems")
    def problems() -> ResponseReturnValue:
        """Show everything."""
        return desk.read(partial(_show, desk), OVERSEERS)

    @blueprint.post("/problems/messages/<uuid:message_id>")
    def decide(message_id: UUID) -> ResponseReturnValue:
        """Decide on a message of which nobody knows whether it was sent."""
        return desk.attempt(partial(_decide, desk, message_id), partial(_show, desk), ADMINS)

    @blueprint.post("/problems/dismiss")
    def dismiss() -> ResponseReturnValue:
        """Take a problem off the list."""
        return desk.write(partial(_dismiss, desk), ADMINS)

    @blueprint.post("/problems/resume")
    def resume() -> ResponseReturnValue:
        """Try to send again at once."""
        return desk.write(partial(_resume, desk), ADMINS)


def _show(desk: Desk, visit: Visit, errors: dict[str, str] | None = None) -> str:
    organization_id = visit.member.organization_id
    in_doubt = trouble.in_doubt(visit.connection, organization_id)
    asked_about = {str(row.id) for row in in_doubt}
    noted = trouble.noted(visit.connection, organization_id)
    return desk.page(
        "problems.html",
        errors=errors or {},
        noted=[one for one in noted if one.subject not in asked_about],
        in_doubt=in_doubt,
        strays=trouble.strays(visit.connection),
        stray_reports=stray_reports.latest(visit.connection, MOST_STRAYS),
        most_reports=stray_reports.MOST,
        most_shown=MOST_STRAYS,
        said_of=_said_of,
        wrote_first=search.count(visit.connection, organization_id, WROTE_FIRST, MOST_COUNTED),
        most=MOST_COUNTED,
        workings=workings(visit.connection, organization_id, visit.wall),
    )


def _said_of(report: Row[Any]) -> str:
    why = verdict(report.error_code, "").words if report.error_code else None
    return status_word(report.status, why).word


def _decide(desk: Desk, message_id: UUID, visit: Visit) -> ResponseReturnValue:
    if not trouble.is_ours(visit.connection, visit.member.organization_id, message_id):
        abort(404)
    what = request.form.get("what", "")
    if what == "check again":
        resolve.look_again(visit.connection, message_id, visit.now)
        visit.say("Twilio is asked once more. Nothing is sent by that.", "info")
    elif what in SAID:
        sid = request.form.get("sid", "").strip() or None
        decision = Decision(cast(What, what), visit.member.email, sid)
        resolve.resolve(visit.connection, message_id, decision, visit.now)
        visit.say(SAID[what])
    else:
        abort(400, "Choose one of the buttons.")
    return desk.to("problems")


def _dismiss(desk: Desk, visit: Visit) -> ResponseReturnValue:
    kind, subject = request.form.get("kind", ""), request.form.get("subject", "")
    if not trouble.dismiss(visit.connection, visit.member.organization_id, kind, subject):
        abort(404, "This problem is not on the list any more.")
    visit.say("Taken off the list. It comes back if it happens again.", "info")
    return desk.to("problems")


def _resume(desk: Desk, visit: Visit) -> ResponseReturnValue:
    pausing.resume(visit.connection)
    visit.say("Sending is tried again.", "info")
    return desk.to("problems")
