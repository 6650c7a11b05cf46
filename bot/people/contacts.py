"""An organization's contacts, as others see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from bot.people import search
from bot.people.search import WROTE_FIRST
from bot.people.spellings import other_spelling
from bot.store.among import among_theirs
from bot.store.models import Address, Contact, Conversation


@dataclass(frozen=True, slots=True)
class Place:
    """One address of a contact: `kind` is `phone` or `whatsapp_id`."""

    id: UUID
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation of a contact, in brief. `wrote_first`: they did, and nobody has asked."""

    id: UUID
    channel: str
    state: str
    wrote_first: bool

    def is_in(self, state: str) -> bool:
        """Whether a search for this state finds it."""
        return self.wrote_first if state == WROTE_FIRST else self.state == state


@dataclass(frozen=True, slots=True)
class Person:
    """A contact with all addresses and conversations."""

    id: UUID
    name: str
    language: str | None
    places: tuple[Place, ...]
    talks: tuple[Talk, ...]

    @property
    def phone(self) -> Place | None:
        """The contact's first phone number; None for somebody known by a user id alone."""
        return next((place for place in self.places if place.kind == "phone"), None)


def find(connection: Connection, organization_id: UUID, contact_id: UUID) -> Person | None:
    """A contact of this organization, or the one it turned out to be; None when there is none."""
    return find_all(connection, organization_id, [contact_id]).get(contact_id)


def find_all(
    connection: Connection, organization_id: UUID, contact_ids: Collection[UUID]
) -> dict[UUID, Person]:
    """The contacts of this organization with these ids, or those they turned out to be.

    By the id that was asked for; those that are not there are absent.
    """
    found = _people(connection, organization_id, contact_ids)
    bare = [one for one, person in found.items() if not person.places]
    if not bare:
        return found
    joined = select(Contact.id, Contact.joined_to).where(
        among_theirs(connection, Contact.id, [(organization_id, one) for one in bare]),
        Contact.joined_to.is_not(None),
    )
    became = {row.id: row.joined_to for row in connection.execute(joined)}
    others = find_all(connection, organization_id, set(became.values())) if became else {}
    return found | {one: others[other] for one, other in became.items() if other in others}


@dataclass(frozen=True, slots=True)
class People:
    """A page of contacts, and the cursor of the next one."""

    people: list[Person]
    next: str | None


def search_people(
    connection: Connection, organization_id: UUID, *,
    words: str = "", state: str = "", after: str = "", limit: int = 50,
) -> People:  # fmt: skip
    """Contacts all of whose `words` begin a word of the name or a number, and in a `state`.

    `state` may be `search.WROTE_FIRST`: they wrote, and nobody has asked them.
    Raises `BadCursor` for a cursor that no page of this search gave.
    """
    found = search.find(
        connection, organization_id, words=words, state=state, after=after, limit=limit
    )
    by_id = _people(connection, organization_id, found.ids)
    return People([by_id[one] for one in found.ids if one in by_id], found.next)


def by_address(connection: Connection, organization_id: UUID, value: str) -> UUID | None:
    """The id of the contact that an address belongs to."""
    return connection.scalar(
        select(Address.contact_id).where(
            Address.organization_id == organization_id, Address.value == value
        )
    )


def perhaps_same(
    connection: Connection, organization_id: UUID, person: Person
) -> list[tuple[UUID, str, str]]:
    """Other contacts (id, name, number) whose number is another spelling of one of this person's.

    Nothing proves that they are the same: that is for people to look at.
    """
    others = {other_spelling(place.value) for place in person.places}
    return [
        (row.id, row.name, row.value)
        for row in connection.execute(
            select(Contact.id, Contact.name, Address.value)
            .join(
                Address,
                (Address.organization_id == Contact.organization_id)
                & (Address.contact_id == Contact.id),
            )
            .where(Address.organization_id == organization_id, Contact.id != person.id)
            .where(Address.value.in_(others - {None}))
        )
    ]


def _people(
    connection: Connection, organization_id: UUID, contact_ids: Collection[UUID]
) -> dict[UUID, Person]:
    keys = [(organization_id, contact_id) for contact_id in contact_ids]
    rows = connection.execute(
        select(Contact.id, Contact.name, Contact.language).where(
            among_theirs(connection, Contact.id, keys)
        )
    ).all()
    places = _by_contact(
        connection.execute(
            select(Address.contact_id, Address.id, Address.kind, Address.value)
            .where(among_theirs(connection, Address.contact_id, keys))
            .order_by(Address.id)
        ).all()
    )
    talks = _by_contact(
        connection.execute(
            select(
                Conversation.contact_id, Conversation.id, Conversation.channel,
                Conversation.state, search.wrote_first(),
            )
            .where(among_theirs(connection, Conversation.contact_id, keys))
            .order_by(Conversation.heard_in.is_not(None), Conversation.id)
        ).all()
    )  # fmt: skip
    return {
        row.id: Person(
            row.id, row.name, row.language,
            tuple(Place(*place) for place in places.get(row.id, ())),
            tuple(Talk(*talk) for talk in talks.get(row.id, ())),
        )
        for row in rows
    }  # fmt: skip


def _by_contact(rows: Sequence[Any]) -> dict[UUID, list[tuple[Any, ...]]]:
    grouped: dict[UUID, list[tuple[Any, ...]]] = {}
    for contact_id, *rest in rows:
        grouped.setdefault(contact_id, []).append(tuple(rest))
    return grouped
