"""Whether consent still covers what was queued: read again when it is claimed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.conversations import engine, letters
from bot.conversations.engine import Failed
from bot.store.bulk import update_all
from bot.store.models import Message
from flows import FLOWS

NOT_SENT = "It was held back: WhatsApp was not enabled any more."


def covers(row: Row[Any]) -> bool:
    """Whether a message may leave now: said in the state that still holds, or an open one.

    A state that was left and entered again is another: consent that was given anew, perhaps by
    who has the number now, covers nothing that was said before. That is told by lines and not by
    moments: those are read before the conversation is waited for. What an agent wrote leaves only
    if it has been open ever since, a request only while its state still rests on it.

    `row` is the message with its conversation's `state`, `since_line`, `flow` and `request_id`, and
    its organization's `whatsapp`.
    """
    if not row.whatsapp and row.from_address.startswith("whatsapp:"):
        return False
    if row.request and row.request_id != row.id:
        return False
    is_same = row.said_in == row.state
    if not is_same and (row.request or not _is_open(row)):
        return False
    return bool(row.seq > row.since_line) or not (is_same or row.author)


def cancel(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
    """Cancel messages that consent covers no more, with an entry each in the ledger."""
    cancelled = [
        {
            "organization_id": row.organization_id,
            "id": row.id,
            "status": "cancelled",
            "due_at": None,
        }
        for row in rows
    ]
    update_all(connection, Message, cancelled)
    letters.cancelled(
        connection, [((row.organization_id, row.conversation_id), row.id) for row in rows], now
    )
    engine.fail(connection, [_failed(row) for row in rows if _is_awaited(row)], now)


def _is_awaited(row: Row[Any]) -> bool:
    """Whether a conversation rests on this very request: it must not wait for an answer to it."""
    return bool(row.request and row.request_id == row.id and row.said_in == row.state)


def _failed(row: Row[Any]) -> Failed:
    conversation = row.organization_id, row.conversation_id
    return Failed(conversation, row.id, "final", None, NOT_SENT)


def _is_open(row: Row[Any]) -> bool:
    return row.flow in FLOWS and FLOWS[row.flow].is_open(row.state)
