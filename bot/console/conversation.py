"""A conversation: what was said, what can be done next, and doing it."""

from __future__ import annotations

from time import monotonic
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, make_response, request
from flask.typing import ResponseReturnValue

from bot.console import once
from bot.console.asking import ask
from bot.console.contacts import find as find_contact
from bot.console.contacts import number_of
from bot.console.desk import ADMINS, EVERYBODY, WRITERS, Desk, Visit
from bot.console.moments import Moments
from bot.console.panel import panel
from bot.console.pulses import pulse
from bot.console.sms import RULES, parts
from bot.console.spans import left, utc
from bot.console.thread import bubbles
from bot.console.watch import Watch
from bot.console.zones import zone_of
from bot.conversations import engine, held, timeline
from bot.conversations.attachments import LARGEST, TYPES
from bot.conversations.held import Held
from bot.conversations.letters import LONGEST_TEXT
from bot.people.sessions import digest

LINES = 100
"""How many lines a page begins with; earlier ones are a click away."""

MOST_LINES = 500
LONGEST_REASON = 500
NO_REASON = "Say how the opt-out reached you."


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add the pages of a conversation."""

    @blueprint.get("/conversations/<uuid:conversation_id>", endpoint="conversation")
    def show(conversation_id: UUID) -> ResponseReturnValue:
        """Show a conversation."""
        return desk.read(lambda visit: page(desk, visit, find(visit, conversation_id)))

    watch = Watch(desk.runtime)

    @blueprint.get("/conversations/<uuid:conversation_id>/lines", endpoint="lines")
    def lines(conversation_id: UUID) -> ResponseReturnValue:
        """Answer an open page: its lines as they are now, or that nothing is new (304)."""
        opened, at = (digest(desk.token), conversation_id), monotonic()
        seen = watch.pulse(opened, at)
        if seen and seen in request.if_none_match:
            return Response(status=304)
        answer = desk.read(
            lambda visit: _lines(desk, visit, conversation_id), EVERYBODY, background=True
        )
        watch.admit(opened, at)
        return answer

    @blueprint.post("/conversations/<uuid:conversation_id>/resend", endpoint="resend")
    def resend(conversation_id: UUID) -> ResponseReturnValue:
        """Ask the contact once more."""
        return desk.write(lambda visit: _resend(desk, visit, conversation_id))

    @blueprint.post("/conversations/<uuid:conversation_id>/withdraw", endpoint="withdraw")
    def withdraw(conversation_id: UUID) -> ResponseReturnValue:
        """Enter an opt-out that reached the organization another way."""
        return desk.write(lambda visit: _withdraw(desk, visit, conversation_id))


def find(visit: Visit, conversation_id: UUID) -> Held:
    """A conversation of the organization of whoever asks; anybody else's does not exist."""
    key = (visit.member.organization_id, conversation_id)
    return held.by_key(visit.connection, [key], lock=False).get(key) or abort(404)


def page(
    desk: Desk, visit: Visit, found: Held, error: str = "", text: str = "", status: int = 200
) -> ResponseReturnValue:
    """The conversation as it is now; after something was refused with why, and what was typed."""
    since = _since(found)
    person = find_contact(visit, found.contact_id)
    moments = Moments(zone_of(visit.member), visit.now)
    shown = timeline.lines(visit.connection, found.key, since, MOST_LINES)
    mark = pulse(visit.connection, found.key, visit.now) or ""
    context = {
        "mark": mark, "held": found, "person": person, "number": number_of(person),
        "bubbles": bubbles(shown, moments),
        "panel": panel(found, visit.now, may_write=visit.member.role in WRITERS),
        "since": since, "earlier": max(0, since - LINES), "key": once.new_key(),
        "error": error, "text": text, "now": utc(visit.now), "utc": utc,
        "left": lambda at: left(at, visit.now), "by_sms": _by_sms(person, found),
        "longest": LONGEST_TEXT, "parts": parts(text) if found.channel == "sms" else "",
        "sms_rules": RULES,
        "largest": LARGEST, "file_types": ",".join(TYPES),
    }  # fmt: skip
    answer = make_response(_rendered(desk, visit, moments, context), status)
    answer.set_etag(mark)
    return answer


def _rendered(desk: Desk, visit: Visit, moments: Moments, context: dict[str, Any]) -> str:
    if not asks_for_part():
        return desk.page("conversation.html", **context)
    # Bare: what is left to say is for the next whole page.
    return desk.bare(
        "conversation_live.html", moments=moments, may_write=visit.member.role in WRITERS,
        is_admin=visit.member.role in ADMINS, **context,
    )  # fmt: skip


def _by_sms(person: object, found: Held) -> UUID | None:
    """The SMS conversation that there is already beside this one."""
    talks = getattr(person, "talks", ())
    return next((talk.id for talk in talks if talk.channel == "sms" != found.channel), None)


def _since(found: Held) -> int:
    given = request.args.get("since", "")
    return int(given[:9]) if given.isdecimal() else max(0, found.lines - LINES)


def asks_for_part() -> bool:
    """Whether a script asks, which shows what changed and leaves the rest as it stands."""
    return request.headers.get("X-Part") == "live"


def _lines(desk: Desk, visit: Visit, conversation_id: UUID) -> ResponseReturnValue:
    """The lines again, if anything about them changed."""
    key = (visit.member.organization_id, conversation_id)
    now = pulse(visit.connection, key, visit.now)
    if now is None:
        abort(404)
    if now in request.if_none_match:
        return Response(status=304)
    return page(desk, visit, find(visit, conversation_id))


def _resend(desk: Desk, visit: Visit, conversation_id: UUID) -> ResponseReturnValue:
    """Ask again on the basis that was given before."""
    found = find(visit, conversation_id)
    if not found.basis:
        return desk.to("ask", contact_id=found.contact_id, channel=found.channel, again=1)
    ask(visit, found.key, found.basis)
    return desk.to("conversation", conversation_id=conversation_id)


def _withdraw(desk: Desk, visit: Visit, conversation_id: UUID) -> ResponseReturnValue:
    found = find(visit, conversation_id)
    reason = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
    if not reason:
        return page(desk, visit, found, NO_REASON, status=422)
    engine.withdraw(visit.connection, found.key, visit.member.email, reason, visit.now)
    visit.say("The opt-out has been entered.")
    return desk.to("conversation", conversation_id=conversation_id)
