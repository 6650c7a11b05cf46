"""Contacts: found, added, changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from bot.console.desk import WRITERS, Desk, Visit
from bot.console.forms import Faults
from bot.console.numbers import spelled
from bot.console.words import LANGUAGES, StateWord, chips, reason_word, state_word
from bot.conversations.reading import Brief, last_lines
from bot.people import contacts, newcomers, senders
from bot.people.changing import change_contact, read_name
from bot.people.contacts import Person, Talk
from bot.people.languages import read_language
from bot.people.newcomers import ContactExists
from bot.people.phones import read_phone
from bot.people.search import BadCursor
from bot.people.senders import Policy

PAGE = 50
CHANNELS = ("whatsapp", "sms")


@dataclass(frozen=True, slots=True)
class Listed:
    """A contact in the list: the conversations by channel, and what was said last."""

    person: Person
    number: str
    talks: dict[str, Talk]
    words: dict[str, StateWord]
    last: Brief | None

    @property
    def shown(self) -> StateWord | None:
        """The state beside the name: of WhatsApp, else of SMS."""
        return next((self.words[name] for name in CHANNELS if name in self.words), None)

    @property
    def talk(self) -> Talk | None:
        """The conversation that the name leads to."""
        return next((self.talks[name] for name in CHANNELS if name in self.talks), None)


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add the pages of contacts."""

    @blueprint.get("/contacts", endpoint="contacts")
    def list_contacts() -> ResponseReturnValue:
        """List contacts, or those that a search finds."""
        return desk.read(lambda visit: _list(desk, visit))

    @blueprint.get("/contacts/new", endpoint="contacts_new")
    def new() -> ResponseReturnValue:
        """Show the form for a new contact."""
        return desk.read(lambda _: _form(desk, None, {}), WRITERS)

    @blueprint.post("/contacts/new")
    def add() -> ResponseReturnValue:
        """Add a contact."""
        return desk.write(lambda visit: _add(desk, visit))

    @blueprint.get("/contacts/<uuid:contact_id>", endpoint="contacts_edit")
    def edit(contact_id: UUID) -> ResponseReturnValue:
        """Show a contact, with the form to change them."""
        return desk.read(lambda visit: _edit(desk, visit, contact_id))

    @blueprint.post("/contacts/<uuid:contact_id>")
    def change(contact_id: UUID) -> ResponseReturnValue:
        """Change a contact's name or language."""
        return desk.write(lambda visit: _change(desk, visit, contact_id))


def find(visit: Visit, contact_id: UUID) -> Person:
    """A contact of the organization of whoever asks; anybody else's does not exist."""
    person = contacts.find(visit.connection, visit.member.organization_id, contact_id)
    return person or abort(404)


def number_of(person: Person) -> str:
    """A contact's number as people write it, else the user id."""
    place = person.phone or next(iter(person.places), None)
    return spelled(place.value) if place else ""


def whatsapp_off(visit: Visit, policy: Policy) -> str | None:
    """Why there is no WhatsApp here, in words; None when there is."""
    if not policy.whatsapp:
        return reason_word("whatsapp_disabled").says
    house = senders.of_organization(visit.connection, visit.member.organization_id, "whatsapp")
    return None if house else reason_word("no_sender").says


def _list(desk: Desk, visit: Visit) -> ResponseReturnValue:
    words, state = request.args.get("q", "").strip()[:200], request.args.get("state", "")
    after = request.args.get("after", "")
    organization_id = visit.member.organization_id
    try:
        found = contacts.search_people(
            visit.connection, organization_id, words=words, state=state, after=after, limit=PAGE
        )
    except BadCursor:
        return desk.to("contacts", q=words or None, state=state or None)
    policy = senders.policy(visit.connection, organization_id)
    return desk.page(
        "contacts.html", listed=_listed(visit, found.people), next=found.next, q=words,
        state=state, after=after, chosen=state_word(state) if state else None,
        chips=chips(policy.strangers, state),
        policy=policy, no_whatsapp=whatsapp_off(visit, policy),
    )  # fmt: skip


def _listed(visit: Visit, people: list[Person]) -> list[Listed]:
    ids = [talk.id for person in people for talk in person.talks]
    last = last_lines(visit.connection, visit.member.organization_id, ids)
    return [_one(person, last) for person in people]


def _one(person: Person, last: dict[UUID, Brief]) -> Listed:
    talks = {talk.channel: talk for talk in reversed(person.talks)}
    words = {name: state_word(talk.state, name) for name, talk in talks.items()}
    said = [last[talk.id] for talk in person.talks if talk.id in last]
    latest = max(said, key=lambda brief: brief.at, default=None)
    return Listed(person, number_of(person), talks, words, latest)


def _form(
    desk: Desk, person: Person | None, given: dict[str, str],
    errors: Mapping[str, str] | None = None, status: int = 200,
    same: UUID | None = None, perhaps: Sequence[tuple[UUID, str, str]] = (),
) -> ResponseReturnValue:  # fmt: skip
    page = desk.page(
        "contact_form.html", person=person, given=given, errors=errors or {}, same=same,
        perhaps=perhaps,
        number=number_of(person) if person else "", languages=LANGUAGES,
    )  # fmt: skip
    return page, status


def _faults_of_words() -> Faults:
    """What is wrong with the name and the language that are sent."""
    faults, language = Faults(), request.form.get("language", "")
    with faults.of("name"):
        read_name(request.form.get("name", ""))
    with faults.of("language"):
        if language.strip():
            read_language(language)
    return faults


def _add(desk: Desk, visit: Visit) -> ResponseReturnValue:
    given, faults, phone = request.form.to_dict(), _faults_of_words(), ""
    with faults.of("phone"):
        phone = read_phone(given.get("phone", ""))
    if faults:
        return _form(desk, None, given, faults, 422)
    name, language = read_name(given["name"]), given.get("language", "").strip()
    try:
        newcomers.add_contact(
            visit.connection, visit.member.organization_id, phone, name, visit.now,
            language=read_language(language) if language else None,
        )  # fmt: skip
    except ContactExists as error:
        faults["phone"] = "A contact with this number exists already."
        return _form(desk, None, given, faults, 409, error.contact_id)
    visit.say(f"{name} is in your contacts.")
    return desk.to("contacts", q=phone)


def _edit(desk: Desk, visit: Visit, contact_id: UUID) -> ResponseReturnValue:
    person = find(visit, contact_id)
    perhaps = contacts.perhaps_same(visit.connection, visit.member.organization_id, person)
    given = {"name": person.name, "language": person.language or ""}
    return _form(desk, person, given, perhaps=perhaps)


def _change(desk: Desk, visit: Visit, contact_id: UUID) -> ResponseReturnValue:
    person, given = find(visit, contact_id), request.form.to_dict()
    if faults := _faults_of_words():
        return _form(desk, person, given, faults, 422)
    change_contact(
        visit.connection, visit.member.organization_id, person,
        given["name"], given.get("language", ""),
    )  # fmt: skip
    visit.say("The contact has been changed.")
    return desk.to("contacts", q=given["name"].strip())
