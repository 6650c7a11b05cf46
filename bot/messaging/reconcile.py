"""Finding out what became of messages whose fate is unknown, before anything is sent again.

The provider has no key against double sending, so a call that got no answer is looked for in its
list of messages. What is not found is sent again only after `safe` time; what cannot be found out
at all is left to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Row, or_, select

from bot.conversations.held import Key
from bot.messaging import fates
from bot.messaging.fates import Fate
from bot.messaging.forms import STATUSES
from bot.messaging.gateway import Listed
from bot.messaging.verdicts import verdict
from bot.store.among import among
from bot.store.bulk import update_all
from bot.store.models import Delivery, Message
from bot.store.models.conversations import DOUBTFUL, has_status

SKEW = timedelta(minutes=5)
"""How far the provider's clock may be behind ours: its dates have whole seconds besides."""

MOST_UNANSWERED = 4
"""Calls without an answer after which a person decides."""

HOLD = timedelta(seconds=30)
"""How long a worker that looks for a message keeps others from looking too (wall)."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message to look for, made no earlier than `since` if it was made at all."""

    key: Key
    sender: str
    recipient: str
    text: str | None
    since: datetime
    unknown_at: datetime
    unanswered: int


def doubtful(connection: Connection, now: datetime, wall: datetime, limit: int = 20) -> list[Doubt]:
    """Claim messages of unknown fate, and those whose sender died: their lease has run out."""
    died = has_status(Message.status, "sending") & (Message.lease_until <= wall)
    unknown = (
        has_status(Message.status, "unknown")
        & (Message.due_at <= now)
        & or_(Message.lease_until.is_(None), Message.lease_until <= wall)
    )
    query = (
        select(*Message.__table__.columns)
        .where(has_status(Message.status, *DOUBTFUL), or_(died, unknown))
        .order_by(Message.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(query).all()
    update_all(connection, Message, [_held(row, now, wall) for row in rows])
    return [_doubt(row, now) for row in rows]


def owned(connection: Connection, doubt: Doubt, listed: Sequence[Listed]) -> set[str]:
    """The sids of messages that belong to a row, or were this one's and failed.

    What was called failed and is listed as delivered has reached the contact all the same.
    """
    before = select(Delivery.sid).where(
        Delivery.organization_id == doubt.key[0], Delivery.message_id == doubt.key[1]
    )
    taken = select(Message.sid).where(among(connection, Message.sid, [one.sid for one in listed]))
    failed = set(connection.scalars(before)) - {one.sid for one in listed if _has_arrived(one)}
    return {sid for sid in connection.scalars(taken) if sid} | failed


def _has_arrived(listed: Listed) -> bool:
    return STATUSES.get(listed.status) in fates.ARRIVED


def found(doubt: Doubt, listed: list[Listed], taken: set[str]) -> Listed | None:
    """The provider's message that this row was, if any: the first that nobody owns.

    Only one message of a conversation is ever in flight, so time and recipient decide; the text
    decides too where the provider gives it, which it does not for templates.
    """
    free = (one for one in listed if one.sid not in taken)
    return next((one for one in free if _may_be(doubt.text, one.text)), None)


def _may_be(text: str | None, listed: str) -> bool:
    """Whether a text may be the one that is listed: its letters and digits, and nothing else.

    Spaces at the ends, line breaks and typographic signs need not come back as they were sent; a
    message of ours that is not recognised is sent twice. Without a text on either side it may be.
    """
    ours, theirs = _gist(text or ""), _gist(listed)
    return not ours or not theirs or ours == theirs


def _gist(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def as_found(doubt: Doubt, listed: Listed) -> list[Fate]:
    """What the list says of a message: that it was sent, and what came of it since."""
    return [Fate(doubt.key, "sent", sid=listed.sid), *as_known(doubt.key, listed)]


def as_known(key: Key, listed: Listed) -> list[Fate]:
    """What the provider knows of a message beyond that it was sent."""
    status = cast(fates.Status, STATUSES.get(listed.status, "sent"))
    if status == "sent":
        return []
    why = verdict(listed.error_code) if status in ("failed", "undelivered") else None
    return [Fate(key, status, listed.sid, why, called_back=True)]


def give_up(
    connection: Connection, doubt: Doubt, now: datetime, safe: timedelta, *, listed: bool
) -> str:
    """Decide on a message that was not found: wait, queue it again, or leave it to a person.

    `listed` says that the provider's list could be had; without it nothing is ever sent again.
    Gives back the status that the message has now.
    """
    row = fates.by_key(connection, [doubt.key])[doubt.key]
    if (row.status, row.unknown_at) != ("unknown", doubt.unknown_at):
        return str(row.status)  # known by now, or sent again meanwhile and in doubt anew
    waited = now - doubt.unknown_at
    status = "unknown"
    if listed and waited >= safe:
        status = "queued" if doubt.unanswered < MOST_UNANSWERED else "uncertain"
    wait = timedelta(seconds=min(max(waited.total_seconds() / 4, 1.0), 15.0))
    changed = {
        "organization_id": doubt.key[0],
        "id": doubt.key[1],
        "status": status,
        "lease_until": None,
        "unknown_at": doubt.unknown_at if status == "unknown" else None,
        "due_at": now + wait if status == "unknown" else now,
    }
    update_all(connection, Message, [changed])
    return status


def _held(row: Row[Any], now: datetime, wall: datetime) -> dict[str, Any]:
    return {
        "organization_id": row.organization_id,
        "id": row.id,
        "status": "unknown",
        "unknown_at": row.unknown_at or now,
        "unanswered": _unanswered(row),
        "lease_until": wall + HOLD,
        "due_at": now,
    }


def _doubt(row: Row[Any], now: datetime) -> Doubt:
    return Doubt(
        key=(row.organization_id, row.id),
        sender=row.from_address,
        recipient=row.to_address,
        text=None if row.content_sid else row.text,
        since=row.claimed_at - SKEW,
        unknown_at=row.unknown_at or now,
        unanswered=_unanswered(row),
    )


def _unanswered(row: Row[Any]) -> int:
    """Calls for this message that got no answer; one whose sender died is counted here."""
    before: int = row.unanswered
    return before + 1 if row.status == "sending" else before
