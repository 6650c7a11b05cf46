"""Messages that were sent and of which nothing more was heard: callbacks get lost too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.conversations.held import Key
from bot.store.bulk import update_all
from bot.store.models import Message
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
