"""What an open page compares with what it shows: a text that changes whenever its lines do."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, select

from bot.console.words import STATUSES
from bot.conversations.held import Key
from bot.store.among import among_keys, key_parameters
from bot.store.models import Conversation, Message

TAIL = 100
"""How many lines from the end are watched: the fate of older ones shows with the next change."""

KEYS = (Conversation.organization_id, Conversation.id)

RANKS = {name: rank for rank, name in enumerate(STATUSES, start=1)}


def _statement(speaks: str) -> Select[*tuple[Any, ...]]:
    """A row for each conversation, whatever its length; found by keys alone."""
    watched = and_(
        Message.organization_id == Conversation.organization_id,
        Message.conversation_id == Conversation.id,
        Message.seq > Conversation.lines - TAIL,
        Message.direction == "out",
    )
    rank = case(RANKS, value=Message.status, else_=0)
    query: Select[*tuple[Any, ...]] = (
        select(
            *KEYS, Conversation.version, Conversation.due_at, Conversation.window_until,
            # Two sums: one message that falls back while another goes on must not go unnoticed.
            func.sum(rank), func.sum(rank * Message.seq),
        )
        .outerjoin(Message, watched)
        .where(among_keys(speaks, KEYS))
        .group_by(*KEYS)
    )  # fmt: skip
    return query


STATEMENTS = {speaks: _statement(speaks) for speaks in ("sqlite", "postgresql")}
"""Made once: pages ask so often that making it would cost more than running it."""


def pulses(connection: Connection, conversations: Collection[Key], now: datetime) -> dict[Key, str]:
    """The pulses of these conversations, those that there are, in one statement."""
    if not conversations:
        return {}
    keys = key_parameters(connection, KEYS, list(conversations))
    rows = connection.execute(STATEMENTS[connection.dialect.name], keys)
    return {(row.organization_id, row.id): _pulse(row, now) for row in rows}


def pulse(connection: Connection, conversation: Key, now: datetime) -> str | None:
    """The pulse of one conversation; None when there is no such conversation."""
    return pulses(connection, [conversation], now).get(conversation)


def _pulse(row: Row[*tuple[Any, ...]], now: datetime) -> str:
    _, _, version, due_at, window_until, *sums = row
    passed = [moment is not None and moment <= now for moment in (due_at, window_until)]
    beat = (version, due_at, window_until, passed, [int(one or 0) for one in sums])
    return hashlib.sha256(repr(beat).encode()).hexdigest()[:20]
