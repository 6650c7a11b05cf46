"""Holding the ledger against itself and against the conversations that it proves.

Read in pages, each conversation with its entries in one statement, so that what is compared was
true at one moment and memory does not grow with the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select, tuple_

from bot.conversations.held import Key
from bot.conversations.ledger import FIRST, Link, faults, fold
from bot.store.db import Database
from bot.store.models import Conversation, Entry
from flows import FLOWS

PAGE = 200
"""Conversations that are read at a time."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A conversation whose evidence was looked at, and all that is wrong with it, in words."""

    organization_id: UUID
    conversation_id: UUID
    entries: int
    faults: tuple[str, ...]


def verify(
    database: Database, organization_id: UUID | None = None, conversation_id: UUID | None = None
) -> Iterator[Checked]:
    """Check every conversation, or those of one organization, or a single one."""
    last: Key | None = None
    while True:
        with database.reading() as connection:
            keys = _page(connection, organization_id, conversation_id, last)
            checked = check(connection, keys)
        yield from checked
        if len(keys) < PAGE:
            return
        last = keys[-1]


def check(connection: Connection, keys: Sequence[Key]) -> list[Checked]:
    """Check these conversations in one statement; one that does not exist is left out."""
    rows = connection.execute(_with_entries(keys).execution_options(yield_per=500))
    chains = groupby(rows, key=lambda row: (row.organization_id, row.id))
    return [_check(key, list(chain)) for key, chain in chains]


def _page(
    connection: Connection, organization_id: UUID | None, conversation_id: UUID | None,
    last: Key | None,
) -> list[Key]:  # fmt: skip
    key = tuple_(Conversation.organization_id, Conversation.id)
    query = select(Conversation.organization_id, Conversation.id).limit(PAGE)
    query = query.order_by(Conversation.organization_id, Conversation.id)
    if organization_id:
        query = query.where(Conversation.organization_id == organization_id)
    if conversation_id:
        query = query.where(Conversation.id == conversation_id)
    if last:
        query = query.where(key > last)
    return [(row.organization_id, row.id) for row in connection.execute(query)]


def _with_entries(keys: Sequence[Key]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Conversation.organization_id, Conversation.id, Conversation.flow, Conversation.state,
            Conversation.entries, Conversation.head, Entry.seq, Entry.kind, Entry.at, Entry.body,
            Entry.personal, Entry.previous, Entry.hash,
        )
        .outerjoin(
            Entry,
            (Entry.organization_id == Conversation.organization_id)
            & (Entry.conversation_id == Conversation.id),
        )
        .where(tuple_(Conversation.organization_id, Conversation.id).in_(keys))
        .order_by(Conversation.organization_id, Conversation.id, Entry.seq)
    )  # fmt: skip


def _check(key: Key, rows: list[Row[Any]]) -> Checked:
    conversation, entries = rows[0], [row for row in rows if row.seq is not None]
    links = [Link(row.seq, row.body, row.personal, row.previous, row.hash) for row in entries]
    found = [*_broken(links), *_misplaced(entries), *_cut_off(conversation, links)]
    if not found:
        found = _wrong_state(conversation, links)
    return Checked(*key, len(entries), tuple(found))


def _broken(links: list[Link]) -> list[str]:
    try:
        return faults(links)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ["an entry is not in the form that entries are written in"]


def _misplaced(entries: list[Row[Any]]) -> Iterator[str]:
    """What stands beside a body, to be searched and shown, must be what the body says."""
    for row in entries:
        try:
            body = json.loads(row.body)
            proved = body["conversation"], body["seq"], body["kind"], body["at"]
            at = datetime.fromisoformat(body["at"])
        except (ValueError, KeyError, TypeError):
            yield f"entry {row.seq} cannot be read"
            continue
        if proved[:3] != (str(row.id), row.seq, row.kind) or at != row.at:
            yield f"entry {row.seq} proves another conversation, kind or moment than it stands for"


def _cut_off(conversation: Row[Any], links: list[Link]) -> Iterator[str]:
    if conversation.entries != len(links):
        yield f"there are {len(links)} entries, but {conversation.entries} were written"
    elif conversation.head != (links[-1].hash if links else FIRST):
        yield "the last entry is not the one that was written last"


def _wrong_state(conversation: Row[Any], links: list[Link]) -> list[str]:
    flow = FLOWS.get(conversation.flow)
    if flow is None:
        return [f"there is no flow {conversation.flow!r}"]
    try:
        state = fold(links, flow.initial)
    except ValueError as error:
        return [str(error)]
    if state == conversation.state:
        return []
    return [f"the entries lead to {state!r}, but the conversation is in {conversation.state!r}"]
