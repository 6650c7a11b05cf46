"""Messages that were sent and of which nothing more was heard: callbacks get lost too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.conversations.held import Key
from bot.messaging.fates import Fate
from bot.store.bulk import insert_all, update_all
from bot.store.models import Delivery, Message
from bot.store.models.conversations import has_status

AGAIN = timedelta(hours=6)
"""Who has blocked us never gets a message, and nobody ever says so: it is not asked for often."""

ENOUGH = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Silent:
    """A message to ask the provider about."""

    key: Key
    sid: str


def silent(connection: Connection, now: datetime, limit: int = 20) -> list[Silent]:
    """Claim messages that have been silent for an hour, and again later, for a day."""
    query = (
        select(Message.organization_id, Message.id, Message.sid, Message.sent_at)
        .where(has_status(Message.status, "sent"), Message.due_at <= now)
        .order_by(Message.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(query).all()
    later = [
        {
            "organization_id": row.organization_id,
            "id": row.id,
            "due_at": now + AGAIN if now - row.sent_at < ENOUGH else None,
        }
        for row in rows
    ]
    update_all(connection, Message, later)
    return [Silent((row.organization_id, row.id), row.sid) for row in rows if row.sid]


def note(connection: Connection, asked: Silent, known: Iterable[Fate], now: datetime) -> None:
    """Keep what the provider said, as if it had called: the sid may never be taken for another."""
    rows = [
        {
            "organization_id": asked.key[0],
            "message_id": asked.key[1],
            "sid": asked.sid,
            "status": fate.status,
            "error_code": fate.verdict.code if fate.verdict else None,
            "at": now,
        }
        for fate in known
    ]
    insert_all(connection, Delivery, rows)
