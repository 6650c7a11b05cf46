"""Who the messages of a batch are from, and what is known of these people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from bot.people.senders import House
from bot.store.among import Keys, among_theirs
from bot.store.columns import new_id
from bot.store.models import Address, Contact, Conversation, Message
from flows import FLOWS


@dataclass(frozen=True, slots=True)
class Writer:
    """Who a message is from: its address, a `user_id` named beside it, the sid it replies to."""

    house: House
    address: str
    name: str = ""
    user_id: str | None = None
    replied_to: str | None = None


@dataclass(slots=True)
class Talk:
    """A conversation in brief; `heard_in` is the one that took its place.

    `known_as` is the user id that was last named beside its address.
    """

    id: UUID
    sender_id: UUID
    address: str
    open: bool = False
    heard_in: UUID | None = None
    known_as: str | None = None
    channel: str = "whatsapp"


@dataclass(slots=True)
class Person:
    """A contact with all addresses and conversations."""

    organization_id: UUID
    name: str
    id: UUID = field(default_factory=new_id)
    addresses: set[str] = field(default_factory=set)
    talks: list[Talk] = field(default_factory=list)

    @property
    def numbers(self) -> set[str]:
        """Their phone numbers: one, in its spellings."""
        return {address for address in self.addresses if address.startswith("+")}

    @property
    def user_ids(self) -> set[str]:
        """What the provider calls whoever has their number, as far as is known."""
        numbers = self.numbers
        named = {talk.known_as for talk in self.talks if talk.address in numbers}
        return (self.addresses - numbers) | {one for one in named if one}

    def talk(self, conversation_id: UUID) -> Talk:
        """The conversation with this id, or what took its place. Raises `StopIteration`."""
        found = next(one for one in self.talks if one.id == conversation_id)
        return self.talk(found.heard_in) if found.heard_in else found


@dataclass(frozen=True, slots=True)
class Quoted:
    """A message of ours that was replied to: in which conversation, to whose address."""

    conversation_id: UUID
    sender_id: UUID
    address: str
    contact_id: UUID


class Known:
    """What is known of the writers: a constant number of statements, however many they are."""

    def __init__(self, connection: Connection, writers: Sequence[Writer]) -> None:
        self._connection = connection
        self.quoted = self._read_quoted(_keys(writers, lambda one: one.replied_to))
        by_address = _keys(writers, lambda one: one.address)
        owners = self._read_owners(by_address | _keys(writers, lambda one: one.user_id))
        contacts = {(key[0], contact_id) for key, contact_id in owners.items()}
        contacts |= {(key[0], quoted.contact_id) for key, quoted in self.quoted.items()}
        self.people = self._read_people(contacts)
        self.owner = {key: self.people[contact_id] for key, contact_id in owners.items()}

    def _read_quoted(self, sids: Keys) -> dict[tuple[UUID, str], Quoted]:
        if not sids:
            return {}
        query = (
            select(
                Message.organization_id, Message.sid, Conversation.id, Conversation.sender_id,
                Conversation.address, Conversation.contact_id,
            )
            .join(
                Conversation,
                (Conversation.organization_id == Message.organization_id)
                & (Conversation.id == Message.conversation_id),
            )
            .where(among_theirs(self._connection, Message.sid, sids), Message.direction == "out")
        )  # fmt: skip
        return {(row[0], row[1] or ""): Quoted(*row[2:]) for row in self._connection.execute(query)}

    def _read_owners(self, addresses: Keys) -> dict[tuple[UUID, str], UUID]:
        query = select(Address.organization_id, Address.value, Address.contact_id)
        query = query.where(among_theirs(self._connection, Address.value, addresses))
        return {(row[0], row[1]): row[2] for row in self._connection.execute(query)}

    def _read_people(self, keys: Keys) -> dict[UUID, Person]:
        if not keys:
            return {}
        places = self._theirs(Contact.id, keys, Contact.organization_id, Contact.name, Contact.id)
        people = {row[2]: Person(*row) for row in places}
        columns = Address.contact_id, Address.value
        for contact_id, value in self._theirs(Address.contact_id, keys, *columns):
            people[contact_id].addresses.add(value)
        for row in self._theirs(
            Conversation.contact_id, keys, Conversation.contact_id, Conversation.id,
            Conversation.sender_id, Conversation.address, Conversation.heard_in,
            Conversation.flow, Conversation.state, Conversation.known_as,
            Conversation.channel,
        ):  # fmt: skip
            talk = Talk(row[1], row[2], row[3], _is_open(row[5], row[6]), row[4], *row[7:])
            people[row[0]].talks.append(talk)
        return people

    def _theirs(self, column: Any, keys: Keys, *columns: Any) -> Sequence[Any]:
        query = select(*columns).where(among_theirs(self._connection, column, keys))
        return self._connection.execute(query.order_by(column.class_.id)).all()


def _keys(writers: Sequence[Writer], name: Callable[[Writer], str | None]) -> set[tuple[Any, ...]]:
    """What is named of the writers, each with the organization that they wrote to."""
    named = ((one.house.organization_id, name(one)) for one in writers)
    return {key for key in named if key[1]}


def _is_open(flow: str, state: str) -> bool:
    return flow in FLOWS and FLOWS[flow].is_open(state)
