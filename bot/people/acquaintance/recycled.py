"""Numbers that were given to somebody else.

Whoever changes their number gets another user id from WhatsApp, and a number keeps its own as long
as it is the same person's. A number that comes with another user id is another person's.
https://www.twilio.com/docs/whatsapp/key-concepts
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from bot.people.acquaintance.findings import Findings
from bot.people.acquaintance.writers import Known, Person, Talk, Writer
from bot.people.spellings import may_be_one
from bot.store.columns import new_id


@dataclass(slots=True)
class Anew:
    """Conversations (ids) that begin anew with another person, at a number that was given away.

    `left` are those in which the one who had the number is met from now on: what they stopped at
    the number, by its conversation (id), they have stopped there too.
    """

    conversations: set[UUID] = field(default_factory=set)
    left: dict[UUID, UUID] = field(default_factory=dict)


def part(known: Known, findings: Findings, writer: Writer, owners: Iterable[Person]) -> Anew:
    """Part the number of these owners from them where somebody else writes from it now."""
    anew = Anew()
    for owner in owners:
        if owner.numbers and _is_another(owner, writer):
            _part(known, findings, writer, owner, anew)
    return anew


def _is_another(owner: Person, writer: Writer) -> bool:
    named = owner.user_ids
    return bool(named) and writer.user_id is not None and writer.user_id not in named


def _part(known: Known, findings: Findings, writer: Writer, owner: Person, anew: Anew) -> None:
    numbers = owner.numbers
    moved = [talk for talk in owner.talks if talk.address in numbers]
    anew.conversations |= {talk.id for talk in moved}
    for talk in moved:
        talk.open, talk.known_as = False, writer.user_id
    if owner.addresses == numbers:
        return  # Nothing else is known of who had it: the contact is the number.
    person = _newcomer(known, findings, writer, numbers)
    findings.part(owner, person)
    _leave(findings, writer, owner, moved, anew)
    known.people[person.id] = person
    known.owner |= {(person.organization_id, number): person for number in numbers}
    for key, quoted in known.quoted.items():
        if quoted.conversation_id in anew.conversations:
            known.quoted[key] = replace(quoted, contact_id=person.id)


def _newcomer(known: Known, findings: Findings, writer: Writer, numbers: set[str]) -> Person:
    """Who has the number now: the one whose user id it is, if they had no number."""
    organization_id = writer.house.organization_id
    vouched = known.owner.get((organization_id, writer.user_id or ""))
    if vouched and may_be_one(vouched.addresses | numbers):
        return vouched
    return findings.introduce(organization_id, writer)


def _leave(
    findings: Findings, writer: Writer, owner: Person, moved: list[Talk], anew: Anew
) -> None:
    """Meet the former owner under their user id, so that what they stopped stays stopped."""
    user_id = min(owner.addresses)
    theirs = {talk.sender_id: talk for talk in owner.talks}
    for talk in moved:
        if talk.channel != "whatsapp":
            continue
        left = theirs.get(talk.sender_id)
        if left is None:
            left = theirs[talk.sender_id] = Talk(new_id(), talk.sender_id, user_id)
            findings.open(owner, left, replace(writer.house, sender_id=talk.sender_id))
        anew.left[left.id] = talk.id
