"""Whom a bulk request is meant for: the lines of a file, or contacts that are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from bot.people import senders
from bot.people.contact_file import Newcomer, Skipped
from bot.people.contacts import Person, search_people
from bot.people.mistakes import Mistake
from bot.people.senders import House

PAGE = 200

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


def house_of(
    connection: Connection, organization_id: UUID, channel: str, sender: str | None = None
) -> House:
    """The sender that asks: the one named, else the first. Raises `Mistake` when there is none."""
    house = senders.of_organization(connection, organization_id, channel, sender)
    if house is None:
        named = f" {sender!r}" if sender else ""
        raise Mistake(f"The organization has no sender{named} for {channel}. See: flask sender add")
    if channel == "whatsapp" and not house.whatsapp:
        raise Mistake(
            "WhatsApp is not enabled for this organization. See: flask org set --whatsapp"
        )
    if channel == "sms" and house.sms == "off":
        raise Mistake("SMS is off for this organization. See: flask org set --sms consent")
    return house


def _candidate(place: int, person: Person, channel: str) -> Candidate:
    if person.phone:
        return Newcomer(place, person.name, person.phone.value, person.language)
    if channel == "whatsapp" and person.places:
        return Newcomer(place, person.name, person.places[0].value, person.language)
    return Skipped(place, "unusable", f"{person.name} has no phone number.")
