"""Time is up: for many conversations in one transaction, and one by one where that fails.

A conversation that cannot go on is pushed an hour ahead and shown under Problems. It never stops
the others.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import OperationalError

from bot import problems
from bot.conversations import engine
from bot.conversations.held import Key
from bot.runtime import Runtime
from bot.store.models import Conversation

LATER = timedelta(hours=1)
"""When a conversation that could not go on is tried again."""

log = structlog.get_logger()


def expire(runtime: Runtime, limit: int) -> int:
    """Let up to `limit` conversations whose time is up go on. Gives back how many there were."""
    try:
        with runtime.database.writing() as connection:
            return engine.expire(connection, runtime.clock.now(connection), limit)
    except OperationalError:
        raise  # the database's fault, and no conversation's
    except Exception:
        log.exception("batch_taken_apart", limit=limit)
    return _one_by_one(runtime, runtime.clock.now(), limit)


def _one_by_one(runtime: Runtime, now: datetime, limit: int) -> int:
    with runtime.database.reading() as connection:
        keys = _due(connection, now, limit)
    for key in keys:
        try:
            with runtime.database.writing() as connection:
                engine.expire(connection, now, only=key)
        except OperationalError:
            raise
        except Exception as error:
            log.exception("conversation_stuck", conversation=str(key[1]))
            _postpone(runtime, key, now, type(error).__name__)
    return len(keys)


def _due(connection: Connection, now: datetime, limit: int) -> list[Key]:
    """The keys of up to `limit` conversations whose time is up, claimed or not."""
    query = select(Conversation.organization_id, Conversation.id).where(Conversation.due_at <= now)
    rows = connection.execute(query.order_by(Conversation.due_at).limit(limit))
    return [(row.organization_id, row.id) for row in rows]


def _postpone(runtime: Runtime, key: Key, now: datetime, error: str) -> None:
    words = (
        f"Its time is up, but it could not go on ({error}; the log says more). "
        "It is tried again every hour."
    )
    with runtime.database.writing() as connection:
        connection.execute(
            update(Conversation)
            .where(Conversation.organization_id == key[0], Conversation.id == key[1])
            .where(Conversation.due_at <= now)
            .values(due_at=now + LATER)
        )
        problems.note(connection, "conversation stuck", str(key[1]), words, now)
