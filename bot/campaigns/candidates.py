"""Whom a bulk request is meant for: the lines of a file, contacts that are found, or chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection

from bot.people import contacts
from bot.people.contact_file import Newcomer, Skipped, in_batches
from bot.people.contacts import Person, search_people
from bot.people.mistakes import Mistake
from bot.people.senders import House

PAGE = 200

MOST = 20_000
"""Contacts that a page or a call takes; `flask bulk ask` takes any number."""

Candidate = Newcomer | Skipped
"""Somebody to ask, or a line that names nobody who can be."""


@dataclass(frozen=True, slots=True)
class Finder:
    """Contacts as the address book finds them: all of whose `words` fit, in a `state`."""

    words: str = ""
    state: str = ""

    def __str__(self) -> str:
        """What it finds, for people to recognise it by."""
        parts = [
            f"in the state {self.state}" if self.state else "",
            self.words and repr(self.words),
        ]
        return "contacts " + (", ".join(filter(None, parts)) or "of the whole address book")

    def candidates(self, connection: Connection, house: House) -> Iterator[Candidate]:
        """Everybody who is found, in the order of the address book."""
        after: str | None = ""
        place = 0
        while after is not None:
            page = search_people(
                connection, house.organization_id, words=self.words, state=self.state,
                after=after, limit=PAGE,
            )  # fmt: skip
            for person in page.people:
                if self._fits(person, house.channel):
                    place += 1
                    yield _candidate(place, person, house.channel)
            after = page.next

    def _fits(self, person: Person, channel: str) -> bool:
        """The search looks at all channels, and who asks means this one."""
        talks = (talk for talk in person.talks if talk.channel == channel)
        return not self.state or any(talk.is_in(self.state) for talk in talks)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Contacts that are named by their ids."""

    contact_ids: Sequence[UUID]

    def __str__(self) -> str:
        """How many there are, for people to recognise it by."""
        count = len(self.contact_ids)
        return f"{count:,} chosen {'contact' if count == 1 else 'contacts'}"

    def candidates(self, connection: Connection, house: House) -> Iterator[Candidate]:
        """Everybody who is named, in the order in which they are."""
        seen: set[UUID] = set()
        for batch in in_batches(enumerate(self.contact_ids, start=1), PAGE):
            ids = [one for _, one in batch]
            people = contacts.find_all(connection, house.organization_id, ids)
            for place, contact_id in batch:
                person = people.get(contact_id)
                if person is None:
                    yield Skipped(place, "not_found", f"There is no contact {contact_id}.")
                elif person.id in seen:
                    yield Skipped(place, "repeated", f"{person.name} is named already.", person.id)
                else:
                    seen.add(person.id)
                    yield _candidate(place, person, house.channel)


class Nobody(Mistake):
    """Nobody is meant."""


class TooMany(Mistake):
    """More are meant than are asked for at once."""


def few(candidates: Iterable[Candidate]) -> list[Candidate]:
    """As many as one transaction writes down. Raises `Nobody` and `TooMany`."""
    found = list(islice(candidates, MOST + 1))
    if not found:
        raise Nobody("Nobody is meant: the file names nobody, or nobody is found.")
    if len(found) > MOST:
        raise TooMany(
            f"More than {MOST:,} contacts are meant. An administrator can ask them with: "
            "flask bulk ask"
        )
    return found


def _candidate(place: int, person: Person, channel: str) -> Candidate:
    others = person.places if channel == "whatsapp" else ()
    reached = person.phone or next(iter(others), None)
    if reached is None:
        return Skipped(place, "unusable", f"{person.name} has no phone number.", person.id)
    return Newcomer(place, person.name, reached.value, person.language, person.id)
