"""What an agent may do next in a conversation, and why not.

Console, API and `may-send` draw from here; nothing else decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversations.changes import can_request, said_enough_until
from bot.conversations.held import Held
from bot.people.quiet_hours import quiet_until
from flows.turn import Turn


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a stable code of the API, and the moment from which it is possible, if any."""

    reason: str
    allowed_at: datetime | None = None


def why_not_ask(held: Held, now: datetime) -> Refusal | None:
    """Why no opt-in request may go out; None when it may."""
    if _is_off(held):
        return Refusal("whatsapp_disabled")
    turn = Turn(held.state, now, said=dict(held.said))
    held.flow.take("start", turn)
    overdue = held.due_at is not None and held.due_at <= now
    if turn.refusal and not (overdue and held.flow.state(held.state).lasts):
        return Refusal(turn.refusal, held.due_at)
    if refusal := why_no_request(held, now):
        return refusal
    if held.attempts and held.unanswered >= held.attempts:
        return Refusal("no_attempts_left")
    return None


def why_no_request(held: Held, now: datetime) -> Refusal | None:
    """Why a request would not leave, whoever causes it; None when it would.

    A state that rests on a request is not entered without one: a yes that came then would answer
    nothing.
    """
    if _is_off(held):
        return Refusal("whatsapp_disabled")
    if not can_request(held, now):
        return Refusal("no_template")
    until = said_enough_until(held, now)
    return Refusal("too_many_messages", until) if until else None


def why_not_ask_in_bulk(held: Held, now: datetime) -> Refusal | None:
    """Why no request may go out that nobody looks at alone: not in quiet hours, either."""
    refusal = why_not_ask(held, now)
    until = None if refusal else quiet(held, now)
    return Refusal("quiet_hours", until) if until else refusal


def why_not_bring(held: Held, now: datetime) -> Refusal | None:
    """Why a consent that was given elsewhere does not count here; None when it does."""
    if _is_off(held):
        return Refusal("whatsapp_disabled")
    turn = Turn(held.state, now, said=dict(held.said), prior=True)
    held.flow.take("start", turn)
    return Refusal(turn.refusal) if turn.refusal else None


def quiet(held: Held, now: datetime) -> datetime | None:
    """Until when it is a quiet hour where the contact may be; None when it is none."""
    return quiet_until(held.quiet_hours, held.address, held.house_zone, now)


def why_not_template(held: Held, _now: datetime) -> Refusal | None:
    """Why no template of the agent's choice may go out; None when it may."""
    if held.channel != "whatsapp":
        return Refusal("whatsapp_only")
    return _why_not_write(held)


def why_not_text(held: Held, now: datetime) -> Refusal | None:
    """Why no text of the agent's own may go out; None when it may."""
    if begins_by_writing(held, now):
        return None
    refusal = _why_not_write(held)
    if refusal is None and not held.window_open(now):
        return Refusal("window_closed")
    return refusal


def why_not_media(held: Held, now: datetime) -> Refusal | None:
    """Why no file may go out; None when it may: where a text may, and on WhatsApp only."""
    return why_not_text(held, now) if held.channel == "whatsapp" else Refusal("whatsapp_only")


def begins_by_writing(held: Held, now: datetime) -> bool:
    """Whether writing may begin here: asking would open the conversation at once, unanswered."""
    turn = Turn(held.state, now, said=dict(held.said))
    was_open = held.flow.state(held.state).open
    held.flow.take("start", turn)
    return not was_open and held.flow.state(turn.state).open and why_not_ask(held, now) is None


def why_not_sms(held: Held, _now: datetime) -> Refusal | None:
    """Why no SMS may be offered instead; None when it may."""
    if held.sms == "off":
        return Refusal("sms_disabled")
    return None if held.address.startswith("+") else Refusal("no_phone")


def actions(held: Held, now: datetime) -> dict[str, dict[str, Any]]:
    """All of it, by the names of the API: `{"allowed", "reason", "allowed_at"}` each."""
    asked = {
        "request_opt_in": why_not_ask,
        "send_text": why_not_text,
        "send_media": why_not_media,
        "send_template": why_not_template,
        "send_sms": why_not_sms,
    }
    return {name: _verdict(why_not(held, now)) for name, why_not in asked.items()}


def _why_not_write(held: Held) -> Refusal | None:
    if _is_off(held):
        return Refusal("whatsapp_disabled")
    state = held.flow.state(held.state)
    return None if state.open else Refusal(state.closed_because)


def _is_off(held: Held) -> bool:
    return held.channel == "whatsapp" and not held.whatsapp


def _verdict(refusal: Refusal | None) -> dict[str, Any]:
    if refusal is None:
        return {"allowed": True, "reason": None, "allowed_at": None}
    at = refusal.allowed_at.isoformat().replace("+00:00", "Z") if refusal.allowed_at else None
    return {"allowed": False, "reason": refusal.reason, "allowed_at": at}
