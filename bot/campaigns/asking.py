"""The worker's part in bulk requests: a batch a sender, and one by one where that fails."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection, Row, select, update
from sqlalchemy.exc import OperationalError

from bot import problems
from bot.campaigns.step import BATCH, KEY, ask_next, next_of, running
from bot.runtime import Runtime
from bot.store.bulk import Overtaken
from bot.store.models import Campaign, Invitation
from bot.store.models.campaigns import is_status

log = structlog.get_logger()


def ask(runtime: Runtime) -> int:
    """Ask the next contacts of every bulk request that is running; gives back how many moved on."""
    now = runtime.clock.now()
    with runtime.database.reading() as connection:
        due = select(Campaign.sender_id).where(is_status(Campaign.status, "running"))
        asking = list(connection.scalars(due.where(Campaign.due_at <= now).distinct()))
    return sum(_ask_by(runtime, sender_id, now) for sender_id in asking)


def _ask_by(runtime: Runtime, sender_id: UUID, now: datetime) -> int:
    try:
        with runtime.database.writing() as connection:
            return len(ask_next(connection, sender_id, now))
    except OperationalError:
        raise  # the database's fault, and no contact's
    except Overtaken:
        return 0  # a contact wrote at this very moment: once more, at the next tick
    except Exception:
        log.exception("batch_taken_apart", sender=str(sender_id))
    return _one_by_one(runtime, sender_id, now)


def _one_by_one(runtime: Runtime, sender_id: UUID, now: datetime) -> int:
    """Ask the next contacts each in a transaction, and set aside who cannot be asked."""
    for done in range(BATCH):
        with runtime.database.reading() as connection:
            expected = _first_of(connection, sender_id, now)
        try:
            with runtime.database.writing() as connection:
                if not ask_next(connection, sender_id, now, limit=1):
                    return done
        except (OperationalError, Overtaken):
            raise
        except Exception as error:
            log.exception("invitation_failed", sender=str(sender_id))
            if expected is None:
                raise
            _set_aside(runtime, expected, type(error).__name__, now)
    return BATCH


def _first_of(connection: Connection, sender_id: UUID, now: datetime) -> Row[Any] | None:
    for campaign in connection.execute(running(sender_id, now)):
        first = connection.execute(next_of(campaign, now, 1)).first()
        if first:
            return first
    return None


def _set_aside(runtime: Runtime, row: Row[Any], error: str, now: datetime) -> None:
    words = f"This contact could not be asked ({error}; the log says more)."
    with runtime.database.writing() as connection:
        connection.execute(
            update(Invitation)
            .where(*(getattr(Invitation, name) == getattr(row, name) for name in KEY))
            .where(Invitation.status == "waiting")
            .values(status="failed", reason="failed", words=words, at=now)
        )
        problems.note(connection, "bulk request", str(row.campaign_id), words, now)
