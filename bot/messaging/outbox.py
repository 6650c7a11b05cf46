"""Sending what is queued: claimed in a short transaction, sent outside any, and its fate recorded.

At most one message of a conversation is in flight, consent is read again at the claim, and each
sender keeps its rate: a claimed message has a moment before which it does not leave.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, exists, or_, select
from sqlalchemy.orm import aliased

from bot.conversations.held import Key
from bot.messaging import consent, pausing
from bot.messaging.fates import Fate
from bot.messaging.gateway import Outcome, Refused, Sent, Unknown
from bot.store.bulk import update_all
from bot.store.models import Conversation, Message, Organization, Sender
from bot.store.models.conversations import DOUBTFUL, OUR_CONCERN, has_status

HORIZON = timedelta(milliseconds=250)
"""How far ahead messages are claimed: what is claimed no longer hears of an opt-out."""


ASTRAY = timedelta(minutes=1)
"""How far the clocks of two workers may be apart before one does not believe the other."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is this worker's to send, not before `leaves_at` (wall).

    Another of its sender leaves no sooner than `step` after it.
    """

    key: Key
    attempt: int
    leaves_at: datetime
    step: timedelta
    row: dict[str, Any]


def senders_with_mail(connection: Connection, now: datetime, wall: datetime) -> list[UUID]:
    """The senders that have something to send and may send it; none while the queue is paused.

    Who sent longest ago comes first: no busy sender takes all hands for ever.
    """
    if pausing.is_paused(connection, wall):
        return []
    waiting = exists().where(
        Message.sender_id == Sender.id, has_status(Message.status, "queued"), Message.due_at <= now
    )
    with_mail = select(Sender.id, Sender.free_at, Sender.per_second).where(waiting)
    ready = connection.execute(with_mail.order_by(Sender.free_at.asc().nulls_first()))
    return [one.id for one in ready if _free_from(one, wall) <= wall + HORIZON]


def claim(
    connection: Connection, sender_id: UUID, now: datetime, wall: datetime,
    limit: int, lease: timedelta, free_at: datetime | None = None,
) -> list[Claimed]:  # fmt: skip
    """Claim up to `limit` messages of a sender, as many as its rate allows within the horizon.

    `free_at` (wall) is when this worker is through with those that it has claimed before.
    Messages that the contact's consent no longer covers are cancelled instead.
    """
    sender = _lock_sender(connection, sender_id)
    if sender is None:
        return []
    first = max(_free_from(sender, wall), free_at or wall)
    step = _step_of(sender)
    slots = min(limit, (wall + HORIZON - first) // step + 1)
    rows = connection.execute(_next_of(sender_id, now, slots)).all() if slots > 0 else []
    allowed = [row for row in rows if consent.covers(row)]
    consent.cancel(connection, [row for row in rows if not consent.covers(row)], now)
    claimed = [
        Claimed(
            (row.organization_id, row.id),
            row.attempt + 1,
            first + place * step,
            step,
            _afresh(row),
        )
        for place, row in enumerate(allowed)
    ]
    _mark_sending(connection, claimed, wall, lease)
    if claimed:
        kept = {"id": sender_id, "free_at": first + len(claimed) * step}
        update_all(connection, Sender, [kept], keys=("id",))
    return claimed


def fate_of(claimed: Claimed, outcome: Outcome) -> Fate:
    """What an answer of the provider means for the message it was about."""
    match outcome:
        case Sent(sid):
            return Fate(claimed.key, "sent", sid=sid, attempt=claimed.attempt)
        case Refused(verdict):
            return Fate(claimed.key, "failed", verdict=verdict, attempt=claimed.attempt)
        case Unknown():
            return Fate(claimed.key, "unknown", attempt=claimed.attempt)


def _free_from(sender: Any, wall: datetime) -> datetime:
    """From when a sender may send. What lies too far ahead is of a clock that was set back since.

    Nobody claims further ahead than the horizon, so it is a step behind it at most.
    """
    latest = wall + HORIZON + _step_of(sender) + ASTRAY
    at: datetime | None = sender.free_at
    return wall if at is None or at > latest else max(at, wall)


def _step_of(sender: Any) -> timedelta:
    return timedelta(seconds=1 / sender.per_second)


def _lock_sender(connection: Connection, sender_id: UUID) -> Row[datetime | None, float] | None:
    query = select(Sender.free_at, Sender.per_second).where(Sender.id == sender_id)
    # No key changes: a newcomer's conversation, which refers to the sender, need not wait.
    return connection.execute(query.with_for_update(skip_locked=True, key_share=True)).first()


def _next_of(sender_id: UUID, now: datetime, limit: int) -> Select[Any]:
    """The oldest message of each conversation that has none in flight, and its consent as it is.

    The conversation is locked too, so that an opt-out comes before the claim or after it, and never
    between the look at consent and the commit.
    """
    earlier = aliased(Message)
    in_the_way = exists().where(
        earlier.organization_id == Message.organization_id,
        earlier.conversation_id == Message.conversation_id,
        has_status(earlier.status, *OUR_CONCERN),
        or_(
            has_status(earlier.status, *DOUBTFUL),
            has_status(earlier.status, "queued") & (earlier.seq < Message.seq),
        ),
    )
    return (
        select(
            *Message.__table__.columns, Conversation.state, Conversation.since_line,
            Conversation.flow, Conversation.request_id, Organization.whatsapp,
        )
        .join(
            Conversation,
            (Conversation.organization_id == Message.organization_id)
            & (Conversation.id == Message.conversation_id),
        )
        .join(Organization, Organization.id == Message.organization_id)
        .where(Message.sender_id == sender_id, has_status(Message.status, "queued"))
        .where(Message.due_at <= now, ~in_the_way)
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(of=(Message, Conversation), skip_locked=True, key_share=True)
    )  # fmt: skip


def _afresh(row: Row[Any]) -> dict[str, Any]:
    """A message as it leaves now. One that failed before is a new one for the provider.

    Its token is new too: late callbacks of the failed one must not be taken for this one's.
    """
    new = {"sid": None, "token": secrets.token_urlsafe(16)} if row.sid else {}
    return {**row._mapping, **new}


def _mark_sending(
    connection: Connection, claimed: list[Claimed], wall: datetime, lease: timedelta
) -> None:
    rows = [
        {
            "organization_id": one.key[0],
            "id": one.key[1],
            "status": "sending",
            "sid": one.row["sid"],
            "token": one.row["token"],
            "attempt": one.attempt,
            "claimed_at": one.row["claimed_at"] or wall,
            "lease_until": one.leaves_at + lease,
        }
        for one in claimed
    ]
    update_all(connection, Message, rows)
