"""People and conversations that were not there a moment ago."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from bot.people.joining import Newcomer, join
from bot.people.senders import House
from bot.store.bulk import insert_new
from bot.store.columns import new_id
from bot.store.models import Conversation


class ContactExists(Exception):
    """Another contact of this organization has that address."""

    def __init__(self, contact_id: UUID) -> None:
        super().__init__(f"contact {contact_id} has this address already")
        self.contact_id = contact_id


def introduce(
    connection: Connection, house: House, address: str, kind: str, name: str, now: datetime
) -> None:
    """Make sure that there is a contact with this address, and a conversation with it."""
    newcomer = Newcomer(name or address, address, kind)
    joined = join(connection, house.organization_id, [newcomer], now)[address]
    open_conversation(connection, house, joined.contact_id, address, now)


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
    flow = house.flow
    row = {
        "organization_id": house.organization_id,
        "id": new_id(),
        "sender_id": house.sender_id,
        "contact_id": contact_id,
        "address": address,
        "channel": house.channel,
        "flow": flow.name,
        "state": flow.initial,
        "state_since": now,
        "created_at": now,
    }
    insert_new(connection, Conversation, [row], ["organization_id", "sender_id", "address"])
    found: UUID = connection.scalars(
        select(Conversation.id).where(
            Conversation.organization_id == house.organization_id,
            Conversation.sender_id == house.sender_id,
            Conversation.address == address,
        )
    ).one()
    return found
