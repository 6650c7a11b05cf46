"""People and conversations that were not there a moment ago."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from bot.people.joining import Newcomer, join
from bot.people.senders import House
from bot.store.among import among_theirs
from bot.store.bulk import insert_new
from bot.store.columns import new_id
from bot.store.models import Conversation


class ContactExists(Exception):
    """Another contact of this organization has that address."""

    def __init__(self, contact_id: UUID) -> None:
        super().__init__(f"contact {contact_id} has this address already")
        self.contact_id = contact_id


def add_contact(
    connection: Connection, organization_id: UUID, address: str, name: str, now: datetime, *,
    kind: str = "phone", language: str | None = None,
) -> UUID:  # fmt: skip
    """Add a contact with one address and give back its id. Raises `ContactExists`."""
    newcomer = Newcomer(name, address, kind, language)
    joined = join(connection, organization_id, [newcomer], now)[address]
    if not joined.new:
        raise ContactExists(joined.contact_id)
    return joined.contact_id


def open_conversation(
    connection: Connection, house: House, contact_id: UUID, address: str, now: datetime
) -> UUID:
    """Give back the id of the conversation between a sender and an address, new if need be."""
    return open_conversations(connection, house, {address: contact_id}, now)[address]


def open_conversations(
    connection: Connection, house: House, contacts: Mapping[str, UUID], now: datetime
) -> dict[str, UUID]:
    """The conversations (ids) of a sender with the people of these addresses, new if need be.

    `contacts` says whose each address is. Somebody with several addresses has one conversation.
    """
    found = conversations_with(connection, house, contacts)
    theirs = {
        "organization_id": house.organization_id,
        "sender_id": house.sender_id,
        "channel": house.channel,
        "flow": house.flow.name,
        "state": house.flow.initial,
        "state_since": now,
        "created_at": now,
    }
    # One order for all, so that two transactions never wait for each other in a circle.
    rows = [
        theirs | {"id": new_id(), "contact_id": contacts[address], "address": address}
        for address in sorted(contacts.keys() - found.keys())
    ]
    if not rows:
        return found
    insert_new(connection, Conversation, rows, ["organization_id", "sender_id", "address"])
    return conversations_with(connection, house, contacts)


def conversations_with(
    connection: Connection, house: House, contacts: Mapping[str, UUID]
) -> dict[str, UUID]:
    """The conversations (ids) that go on between a sender and people, by address, if there are.

    It is the one with that address, else the one that the person has under another of theirs.
    """
    keys = {(house.organization_id, contact_id) for contact_id in contacts.values()}
    rows = connection.execute(
        select(
            Conversation.contact_id, Conversation.address, Conversation.id,
            Conversation.sender_id, Conversation.heard_in,
        )
        .where(among_theirs(connection, Conversation.contact_id, keys))
        .order_by(Conversation.id.desc())
    )  # fmt: skip
    # Told apart here: with a condition more, PostgreSQL would rather read all that fulfil it for
    # each key, until it has counted them.
    found = [row for row in rows if row.sender_id == house.sender_id and not row.heard_in]
    exact = {row.address: row.id for row in found}
    theirs = {row.contact_id: row.id for row in found}
    best = {one: exact.get(one) or theirs.get(owner) for one, owner in contacts.items()}
    return {address: one for address, one in best.items() if one}
