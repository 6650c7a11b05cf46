"""What was found out about the writers of a batch, written with one statement a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select

from bot.people.acquaintance.writers import Person, Talk, Writer
from bot.people.search import words_of
from bot.people.senders import House
from bot.store.among import among_theirs
from bot.store.bulk import Overtaken, insert_all, insert_new, update_all
from bot.store.columns import new_id
from bot.store.models import Address, Contact, ContactWord, Conversation

Row = dict[str, Any]


class Findings:
    """New people, new addresses, people who proved to be one, conversations."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._contacts: list[Row] = []
        self._addresses: dict[tuple[UUID, str], Row] = {}
        self._talks: dict[UUID, Row] = {}
        self._moved_addresses: dict[tuple[UUID, str], Row] = {}
        self._moved_talks: dict[UUID, Row] = {}
        self._owned: dict[tuple[UUID, str], UUID] = {}
        self._heard_in: dict[UUID, Row] = {}
        self._words: dict[UUID, tuple[Person, set[str]]] = {}
        self._gone: list[Row] = []
        self._parted: dict[UUID, Person] = {}

    def introduce(self, organization_id: UUID, writer: Writer) -> Person:
        """Add somebody who has no contact yet; their address is added apart."""
        person = Person(organization_id, writer.name or writer.address)
        row = {"organization_id": organization_id, "id": person.id, "name": person.name}
        self._contacts.append(row | {"created_at": self._now})
        return person

    def add(self, person: Person, address: str) -> None:
        """Add an address that nobody has."""
        person.addresses.add(address)
        self._find_by(person, {address})
        kind = "phone" if address.startswith("+") else "whatsapp_id"
        row = {"organization_id": person.organization_id, "id": new_id(), "kind": kind}
        row |= {"contact_id": person.id, "value": address}
        self._addresses[person.organization_id, address] = row

    def join(self, other: Person, person: Person) -> None:
        """Let all that is another contact's be a person's."""
        gone = {"organization_id": person.organization_id, "id": other.id}
        self._gone.append(gone | {"joined_to": person.id})
        self._words.pop(other.id, None)
        self._hand_over(other, person, other.addresses, other.talks)

    def part(self, former: Person, person: Person) -> None:
        """Let a contact's number, and the conversations with it, be another person's."""
        numbers = former.numbers
        moved = [one for one in former.talks if one.address in numbers]
        former.addresses -= numbers
        former.talks = [one for one in former.talks if one not in moved]
        self._parted[former.id] = former
        self._words.pop(former.id, None)
        self._find_by(former, former.addresses)
        self._hand_over(former, person, numbers, moved)
        for theirs, others in ((former.talks, moved), (moved, former.talks)):
            self._wake(former, theirs, {one.id for one in others})

    def open(self, person: Person, talk: Talk, house: House) -> None:
        """Begin a conversation."""
        person.talks.append(talk)
        flow = house.flow
        self._talks[talk.id] = {
            "organization_id": house.organization_id,
            "id": talk.id,
            "sender_id": house.sender_id,
            "contact_id": person.id,
            "address": talk.address,
            "channel": house.channel,
            "flow": flow.name,
            "state": flow.initial,
            "state_since": self._now,
            "created_at": self._now,
        }

    def retire(self, person: Person, talks: Sequence[Talk], successor: Talk) -> None:
        """Let what is written in these conversations be heard in another from now on."""
        for talk in talks:
            self._let_be_heard(person, talk, successor.id)

    def write(self, connection: Connection) -> None:
        """Write everything. Raises `Overtaken` when an address was added by somebody else."""
        insert_all(connection, Contact, self._contacts)
        # One order for all, so that two transactions never wait for each other in a circle.
        _insert(connection, Address, [self._addresses[key] for key in sorted(self._addresses)],
                ["organization_id", "value"])  # fmt: skip
        self._write_moved(connection)
        words = [
            {"organization_id": person.organization_id, "word": word, "contact_id": person.id}
            for person, words in self._words.values() for word in sorted(words)
        ]  # fmt: skip
        insert_new(connection, ContactWord, words, ["organization_id", "word", "contact_id"])
        _insert(connection, Conversation, list(self._talks.values()),
                ["organization_id", "sender_id", "address"])  # fmt: skip
        update_all(connection, Conversation, list(self._heard_in.values()))

    def _write_moved(self, connection: Connection) -> None:
        changed = {(row["organization_id"], row["id"]) for row in self._gone}
        changed |= {(one.organization_id, one.id) for one in self._parted.values()}
        if not changed:
            return
        self._look_again(connection)
        by_value = ["organization_id", "value"]
        update_all(connection, Address, list(self._moved_addresses.values()), keys=by_value)
        update_all(connection, Conversation, list(self._moved_talks.values()))
        update_all(connection, Contact, self._gone)
        # The words by which those who parted are still found come with all others.
        connection.execute(
            delete(ContactWord).where(among_theirs(connection, ContactWord.contact_id, changed))
        )

    def _look_again(self, connection: Connection) -> None:
        """Raise `Overtaken` where these people have become others since they were read.

        They are locked first: what they write to another sender of ours tells of them too, and no
        conversation that both have locked keeps the two apart.
        """
        rows = [*self._moved_addresses.values(), *self._moved_talks.values()]
        people = {(row["organization_id"], row["contact_id"]) for row in rows}
        people |= {(key[0], contact_id) for key, contact_id in self._owned.items()}
        those = select(Contact.joined_to).where(among_theirs(connection, Contact.id, people))
        those = those.order_by(Contact.id).with_for_update(key_share=True)
        owned = select(Address.organization_id, Address.value, Address.contact_id).where(
            among_theirs(connection, Address.value, self._owned.keys())
        )
        if any(connection.scalars(those)):
            raise Overtaken
        if {(row[0], row[1]): row[2] for row in connection.execute(owned)} != self._owned:
            raise Overtaken

    def _hand_over(
        self, former: Person, person: Person, addresses: set[str], talks: Sequence[Talk]
    ) -> None:
        organization_id = person.organization_id
        theirs = {"organization_id": organization_id, "contact_id": person.id}
        for address in addresses:
            key = (organization_id, address)
            if key not in self._addresses:
                self._owned.setdefault(key, former.id)
            rows = self._addresses if key in self._addresses else self._moved_addresses
            rows.setdefault(key, {"value": address}).update(theirs)
        for talk in talks:
            told = self._talks if talk.id in self._talks else self._moved_talks
            told.setdefault(talk.id, {"id": talk.id}).update(theirs)
        self._find_by(person, addresses)
        person.addresses |= addresses
        person.talks += talks

    def _wake(self, person: Person, talks: Sequence[Talk], elsewhere: set[UUID]) -> None:
        for talk in talks:
            if talk.heard_in in elsewhere:
                self._let_be_heard(person, talk, None)

    def _let_be_heard(self, person: Person, talk: Talk, heard_in: UUID | None) -> None:
        talk.heard_in = heard_in
        row = {"organization_id": person.organization_id, "id": talk.id, "heard_in": heard_in}
        self._heard_in[talk.id] = row

    def _find_by(self, person: Person, addresses: set[str]) -> None:
        _, words = self._words.setdefault(person.id, (person, set()))
        for address in addresses:
            words |= words_of(person.name, address)


def _insert(
    connection: Connection, model: type[Any], rows: Sequence[Row], unique: Sequence[str]
) -> None:
    if len(insert_new(connection, model, rows, unique)) != len(rows):
        raise Overtaken
