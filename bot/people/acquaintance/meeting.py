"""Deciding who wrote and where they are heard, one message after another, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from bot.people.acquaintance import recycled
from bot.people.acquaintance.findings import Findings
from bot.people.acquaintance.recycled import Anew
from bot.people.acquaintance.writers import Known, Person, Quoted, Talk, Writer
from bot.people.senders import House
from bot.people.spellings import may_be_one
from bot.store.bulk import Overtaken
from bot.store.columns import new_id

Key = tuple[UUID, UUID]

TRIES = 3
"""How often who wrote is looked for, when others introduce the same people at the same moment."""


@dataclass(frozen=True, slots=True)
class Met:
    """The conversation in which a message is heard, and those that it has just been joined with.

    `anew`: those that begin anew, since the number that wrote was given to somebody else.
    """

    conversation: Key
    joined: frozenset[UUID] = frozenset()
    anew: Anew = field(default_factory=Anew)

    @property
    def keys(self) -> set[Key]:
        """The conversations that must be known to hear the message, families apart."""
        return {self.conversation, *((self.conversation[0], left) for left in self.anew.left)}


def meet(connection: Connection, writers: Sequence[Writer], now: datetime) -> list[Met]:
    """Say where each message is heard; introduce strangers and join what is proved to be one.

    Raises `Overtaken` when others keep introducing the same people.
    """
    for _ in range(TRIES):
        known, findings = Known(connection, writers), Findings(now)
        met = [_meet(known, findings, writer) for writer in writers]
        with suppress(Overtaken), connection.begin_nested():
            findings.write(connection)
            return met
    raise Overtaken


def _meet(known: Known, findings: Findings, writer: Writer) -> Met:
    house = writer.house
    anew = recycled.part(known, findings, writer, _owners(known, writer))
    quoted = _proof(known, writer)
    person, joined = _person(known, findings, writer, quoted)
    talk = _talk(person, writer, quoted)
    if talk is None:
        talk = Talk(new_id(), house.sender_id, writer.address)
        findings.open(person, talk, house)
    talk.known_as = writer.user_id or talk.known_as
    if house.channel == "whatsapp":
        others = [one for one in _live(person, house) if one is not talk]
        joined |= {one.id for one in others}
        findings.retire(person, others, talk)
    elsewhere = frozenset(joined) - {talk.id}
    return Met((house.organization_id, talk.id), elsewhere, anew)


def _owners(known: Known, writer: Writer) -> list[Person]:
    """Whose number it is that wrote, in this spelling and in the one that we wrote to."""
    if not writer.address.startswith("+"):
        return []
    quoted = _proof(known, writer)
    asked = known.people[quoted.contact_id] if quoted else None
    own = known.owner.get((writer.house.organization_id, writer.address))
    return [one for one in (asked, own) if one]


def _proof(known: Known, writer: Writer) -> Quoted | None:
    """The message of ours that proves who wrote: it went to another address of theirs.

    Only its addressee has it to reply to. A number that is no other spelling of the one we wrote to
    is a number that has changed, and begins anew.
    """
    house = writer.house
    quoted = known.quoted.get((house.organization_id, writer.replied_to or ""))
    if quoted is None or quoted.sender_id != house.sender_id or quoted.address == writer.address:
        return None
    asked = known.people[quoted.contact_id]
    own = known.owner.get((house.organization_id, writer.address))
    theirs = own.addresses if own else {writer.address}
    return quoted if may_be_one(asked.addresses | theirs) else None


def _person(
    known: Known, findings: Findings, writer: Writer, quoted: Quoted | None
) -> tuple[Person, set[UUID]]:
    """Who wrote, with every address that this message proves; and the conversations that came."""
    organization_id = writer.house.organization_id
    asked = known.people[quoted.contact_id] if quoted else None
    names = [name for name in (writer.address, writer.user_id) if name]
    owners = [known.owner.get((organization_id, name)) for name in names]
    vouched = owners[-1]
    if vouched and not may_be_one(vouched.addresses | {writer.address}):
        vouched = None
    person = asked or owners[0] or vouched or findings.introduce(organization_id, writer)
    joined: set[UUID] = set()
    for name, owner in zip(names, owners, strict=True):
        if owner and owner is not person and may_be_one(person.addresses | owner.addresses):
            joined |= {talk.id for talk in owner.talks}
            known.people[owner.id] = person
            findings.join(owner, person)
            known.owner |= {(organization_id, one): person for one in person.addresses}
        elif not owner and may_be_one(person.addresses | {name}):
            findings.add(person, name)
            known.owner[organization_id, name] = person
    return person, joined


def _talk(person: Person, writer: Writer, quoted: Quoted | None) -> Talk | None:
    """Where the message is heard: in the conversation that it replies to, else where they talk."""
    if quoted:
        return person.talk(quoted.conversation_id)
    live = _live(person, writer.house)
    exact = next((one for one in live if one.address == writer.address), None)
    reachable = next((one for one in live if one.open), None)
    # By SMS an answer goes to the very number that wrote, if it has a conversation.
    best = (reachable, exact) if writer.house.channel == "whatsapp" else (exact, reachable)
    return best[0] or best[1] or next(iter(live), None)


def _live(person: Person, house: House) -> list[Talk]:
    """Their conversations with a sender that are still heard in."""
    return [one for one in person.talks if one.sender_id == house.sender_id and not one.heard_in]
