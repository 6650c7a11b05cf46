"""How many a bulk request may ask just now, so that nobody else waits behind it."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from bot.store.models import Message, Sender
from bot.store.models.conversations import BEGUN_BY_US, has_status

AHEAD = 2.0
"""Seconds' worth of messages that a bulk request keeps in a sender's queue, and no more: so long
an answer, or what an agent writes, may wait behind it."""

DAY = timedelta(hours=24)


def in_queue(connection: Connection, sender_id: UUID) -> int:
    """How many more messages may wait at a sender, on behalf of bulk requests."""
    rate = connection.scalars(select(Sender.per_second).where(Sender.id == sender_id)).one()
    most = max(1, ceil(rate * AHEAD))
    waiting = (
        select(Message.id)
        .where(Message.sender_id == sender_id, has_status(Message.status, "queued"))
        .limit(most)
    )
    return most - (connection.scalar(select(func.count()).select_from(waiting.subquery())) or 0)


def in_reach(
    connection: Connection, sender_id: UUID, now: datetime
) -> tuple[int | None, datetime | None]:
    """How many more contacts the provider lets a sender reach now; None is no limit.

    If that is nobody, also the moment from which it is somebody: the limit counts contacts to whom
    something was begun in the last 24 hours, whoever began it.
    """
    limit = connection.scalars(select(Sender.messaging_limit).where(Sender.id == sender_id)).one()
    if not limit:
        return None, None
    lately = (
        Message.sender_id == sender_id, Message.created_at > now - DAY, text(f"({BEGUN_BY_US})"),
    )  # fmt: skip
    reached = select(func.count(Message.conversation_id.distinct())).where(*lately)
    left = limit - (connection.scalar(reached) or 0)
    if left > 0:
        return left, None
    oldest = connection.scalar(select(func.min(Message.created_at)).where(*lately))
    return 0, (oldest or now) + DAY
