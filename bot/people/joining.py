"""People who join an organization's contacts, one or thousands at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select

from bot.people.search import words_of
from bot.store.among import among_theirs
from bot.store.bulk import insert_all, insert_new
from bot.store.columns import new_id
from bot.store.models import Address, Contact, ContactWord


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to add; `address` is an E.164 number, or a WhatsApp user id."""

    name: str
    address: str
    kind: str = "phone"
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """Whose an address is, and whether they joined just now."""

    contact_id: UUID
    new: bool


def join(
    connection: Connection, organization_id: UUID, newcomers: Sequence[Newcomer], now: datetime
) -> dict[str, Joined]:
    """Add those whose address no contact of this organization has; say whose each address is.

    No two of the newcomers have the same address.
    """
    owners = owners_of(connection, organization_id, [one.address for one in newcomers])
    strangers = {new_id(): one for one in newcomers if one.address not in owners}
    joined = _add(connection, organization_id, strangers, now)
    missed = [one.address for one in strangers.values() if one.address not in joined]
    # Another transaction added these a moment earlier.
    owners |= owners_of(connection, organization_id, missed) if missed else {}
    known = {address: Joined(contact_id, new=False) for address, contact_id in owners.items()}
    return known | {address: Joined(contact_id, new=True) for address, contact_id in joined.items()}


def _add(
    connection: Connection, organization_id: UUID, strangers: dict[UUID, Newcomer], now: datetime
) -> dict[str, UUID]:
    """Add contacts with their addresses and words; by address, those that were not overtaken."""
    insert_all(
        connection, Contact, [_contact(organization_id, *one, now) for one in strangers.items()]
    )
    # One order for all, so that two transactions never wait for each other in a circle.
    rows = sorted(
        (_address(organization_id, *one) for one in strangers.items()), key=lambda row: row["value"]
    )
    added = {
        value for _, value in insert_new(connection, Address, rows, ["organization_id", "value"])
    }
    joined = {one.address: key for key, one in strangers.items() if one.address in added}
    _drop(connection, organization_id, strangers.keys() - joined.values())
    insert_all(
        connection, ContactWord,
        [
            {"organization_id": organization_id, "word": word, "contact_id": contact_id}
            for address, contact_id in joined.items()
            for word in words_of(strangers[contact_id].name, address)
        ],
    )  # fmt: skip
    return joined


def owners_of(
    connection: Connection, organization_id: UUID, addresses: Collection[str]
) -> dict[str, UUID]:
    """The contacts (ids) whom these addresses belong to, by address; strangers are absent."""
    keys = [(organization_id, address) for address in addresses]
    query = select(Address.value, Address.contact_id)
    query = query.where(among_theirs(connection, Address.value, keys))
    return {row.value: row.contact_id for row in connection.execute(query)}


def _drop(connection: Connection, organization_id: UUID, contact_ids: Collection[UUID]) -> None:
    if contact_ids:
        keys = [(organization_id, one) for one in contact_ids]
        connection.execute(delete(Contact).where(among_theirs(connection, Contact.id, keys)))


def _contact(
    organization_id: UUID, contact_id: UUID, newcomer: Newcomer, now: datetime
) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "id": contact_id,
        "name": newcomer.name,
        "language": newcomer.language,
        "created_at": now,
    }


def _address(organization_id: UUID, contact_id: UUID, newcomer: Newcomer) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "id": new_id(),
        "contact_id": contact_id,
        "kind": newcomer.kind,
        "value": newcomer.address,
    }
