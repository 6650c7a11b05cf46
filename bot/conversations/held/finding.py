"""Finding conversations, and whatever of the people in them a turn needs, in one statement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Row, Select, select

import flows
from bot.conversations import house_texts
from bot.conversations.held.conversation import Ends, Held, Key
from bot.conversations.wording import OwnWording
from bot.people.languages import met_in
from bot.store.among import Columns, key_parameters, keys_table
from bot.store.models import Contact, Conversation, Organization, Sender
from flows import FLOWS

FIELDS = [one.name for one in fields(Held)]
OWN = FIELDS[: FIELDS.index("business")]
"""The fields that are columns of the conversation itself."""

BY_KEY: Columns = (Conversation.organization_id, Conversation.id)
BY_ENDS: Columns = (Sender.address, Conversation.address)

SAID, AUTOMATIC, WORDING = (FIELDS.index(name) for name in ("said", "automatic", "wording"))


def by_key(connection: Connection, keys: Collection[Key], *, lock: bool = True) -> dict[Key, Held]:
    """The conversations with these keys, locked unless they are only looked at."""
    return find(connection, BY_KEY, keys, lock=lock)


def by_ends(
    connection: Connection, ends: Collection[Ends], *, lock: bool = True
) -> dict[Ends, Held]:
    """The conversations between these ends, those that exist."""
    found = find(connection, BY_ENDS, ends, lock=lock)
    return {(held.sender, held.address): held for held in found.values()}


def due(
    connection: Connection, now: datetime, limit: int, only: Key | None = None
) -> dict[Key, Held]:
    """Claim up to `limit` conversations whose time is up and that no other worker has claimed."""
    overdue = _query().where(Conversation.due_at <= now)
    if only:
        overdue = overdue.where(Conversation.organization_id == only[0], Conversation.id == only[1])
    overdue = overdue.order_by(Conversation.due_at).limit(limit)
    return _read(connection, overdue.with_for_update(of=Conversation, skip_locked=True), {})


def find(
    connection: Connection, columns: Columns, keys: Collection[tuple[Any, ...]], *, lock: bool
) -> dict[Key, Held]:
    """The conversations whose `columns` together have one of these keys."""
    statement = _statement(columns, connection.dialect.name, lock=lock)
    return _read(connection, statement, key_parameters(connection, columns, keys))


@cache
def _statement(columns: Columns, speaks: str, *, lock: bool) -> Select[Any]:
    """Made once: to put a statement together costs more than to run it."""
    # Joined with the keys, as no index serves a condition on columns of two tables.
    keys = keys_table(speaks, columns)
    wanted = (column == key for column, key in zip(columns, keys, strict=True))
    # One order for all, so that two batches never wait for each other in a circle.
    query = _query().where(*wanted).order_by(Conversation.id)
    return query.with_for_update(of=Conversation) if lock else query


def _query() -> Select[Any]:
    """Columns in the order of the fields of `Held`."""
    return (
        select(
            *(getattr(Conversation, name) for name in OWN),
            Organization.name,
            Organization.whatsapp,
            Organization.sms,
            Organization.strangers,
            Contact.language,
            Organization.language,
            Sender.address,
            Sender.templates,
            Organization.attempts,
            Organization.quiet_hours,
            Organization.time_zone,
            Organization.wording,
        )
        .join(
            Sender,
            # The key of conversations that begins with both serves a look from the sender's side.
            (Sender.organization_id == Conversation.organization_id)
            & (Sender.id == Conversation.sender_id),
        )
        .join(Organization, Organization.id == Conversation.organization_id)
        .join(
            Contact,
            (Contact.organization_id == Conversation.organization_id)
            & (Contact.id == Conversation.contact_id),
        )
    )


def _read(
    connection: Connection, query: Select[Any], parameters: dict[str, Any]
) -> dict[Key, Held]:
    rows = connection.execute(query, parameters).all()
    own = house_texts.of(connection, {_wording(row) for row in rows})
    return {(row[0], row[1]): _from_row(own[_wording(row)], *row) for row in rows}


def _wording(row: Row[Any]) -> house_texts.Newest:
    return row[0], row[WORDING]


def _from_row(own: OwnWording, *columns: Any) -> Held:
    held = Held(*columns)
    held.wording = own
    # A flow that is no more: its conversations go on as new ones do, from the first state.
    named = cast(str, held.flow)
    held.flow = FLOWS.get(named) or flows.serving(held.channel, "consent")
    held.said = {text: datetime.fromisoformat(at) for text, at in columns[SAID].items()}
    held.automatic = [datetime.fromisoformat(at) for at in columns[AUTOMATIC]]
    held.language = met_in(held.language, held.address, held.house_language, held.templates)
    return held
