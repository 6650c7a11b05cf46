"""Contacts: add, find, ask for consent, and go on by SMS."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response

from bot.api import views
from bot.api.calls import Call, Calls
from bot.api.house import house_of
from bot.api.problem import Problem, bad_cursor, not_found, refused
from bot.api.schemas import (
    ContactOut,
    ContactPage,
    ConversationOut,
    Empty,
    NewContact,
    OptInRequest,
    Search,
)
from bot.conversations import engine, held
from bot.conversations.actions import Refusal
from bot.conversations.held import Key
from bot.people import contacts, newcomers
from bot.people.contacts import Person, Place
from bot.people.newcomers import ContactExists
from bot.people.phones import BadPhone, read_phone
from bot.people.search import BadCursor
from bot.people.senders import House


def add_to(blueprint: APIBlueprint, calls: Calls) -> None:
    """Add these calls to the API."""

    @blueprint.post("/contacts")
    @blueprint.input(NewContact)
    @blueprint.output(ContactOut, 201)
    @blueprint.doc(responses={409: "contact_exists", 422: "not a phone number"})
    def add_contact(json_data: NewContact) -> Response:
        """Add a contact."""
        return calls.write(lambda call: _add(call, json_data), 201)

    @blueprint.get("/contacts")
    @blueprint.input(Search, location="query")
    @blueprint.output(ContactPage)
    def list_contacts(query_data: Search) -> Response:
        """List contacts, oldest first."""
        return calls.read(lambda call: _search(call, query_data))

    @blueprint.get("/contacts/<uuid:contact_id>")
    @blueprint.output(ContactOut)
    @blueprint.doc(responses={404: "not_found"})
    def show_contact(contact_id: UUID) -> Response:
        """Show one contact."""
        return calls.read(lambda call: views.contact(_find(call, contact_id)))

    @blueprint.post("/contacts/<uuid:contact_id>/opt-in")
    @blueprint.input(OptInRequest)
    @blueprint.output(ConversationOut, 202)
    @blueprint.doc(responses={404: "not_found", 409: "already_requested, opted_out, …"})
    def request_opt_in(contact_id: UUID, json_data: OptInRequest) -> Response:
        """Ask a contact for consent."""
        return calls.write(lambda call: _ask(call, contact_id, json_data), 202)

    @blueprint.post("/contacts/<uuid:contact_id>/sms")
    @blueprint.input(Empty, arg_name="nothing")
    @blueprint.output(ConversationOut, 201)
    @blueprint.doc(responses={404: "not_found", 409: "sms_disabled, no_phone, no_sender"})
    def go_on_by_sms(contact_id: UUID, nothing: Empty) -> Response:  # noqa: ARG001
        """Open the SMS conversation with a contact. Nothing is sent yet."""
        return calls.write(lambda call: _open_sms(call, contact_id), 201)


def _add(call: Call, given: NewContact) -> dict[str, Any]:
    try:
        phone = read_phone(given.phone)
        contact_id = newcomers.add_contact(
            call.connection, call.caller.organization_id, phone, given.name, call.now,
            language=given.language,
        )  # fmt: skip
    except BadPhone as error:
        raise Problem(422, "invalid", str(error), errors={"phone": [str(error)]}) from None
    except ContactExists as error:
        raise Problem(409, "contact_exists", contact_id=str(error.contact_id)) from None
    return views.contact(_find(call, contact_id))


def _search(call: Call, search: Search) -> dict[str, Any]:
    try:
        page = contacts.search_people(
            call.connection, call.caller.organization_id,
            words=search.q, state=search.state, after=search.cursor, limit=search.limit,
        )  # fmt: skip
    except BadCursor as error:
        raise bad_cursor(error) from None
    return {"items": [views.contact(person) for person in page.people], "next": page.next}


def _find(call: Call, contact_id: UUID) -> Person:
    person = contacts.find(call.connection, call.caller.organization_id, contact_id)
    if person is None:
        raise not_found()
    return person


def _ask(call: Call, contact_id: UUID, asked: OptInRequest) -> dict[str, Any]:
    person = _find(call, contact_id)
    house = house_of(call, asked.channel, asked.sender)
    key = _open(call, house, person, _place(person, asked.channel))
    request = engine.Request(key, call.caller.name, asked.basis)
    refusal = engine.start(call.connection, [request], call.now)[0]
    if refusal:
        raise refused(refusal)
    return _show(call, key)


def _open_sms(call: Call, contact_id: UUID) -> dict[str, Any]:
    person = _find(call, contact_id)
    house = house_of(call, "sms", None)
    return _show(call, _open(call, house, person, _place(person, "sms")))


def _place(person: Person, channel: str) -> Place:
    place = person.phone or (person.places[0] if channel == "whatsapp" else None)
    if place is None:
        raise refused(Refusal("no_phone"))
    return place


def _open(call: Call, house: House, person: Person, place: Place) -> Key:
    conversation_id = newcomers.open_conversation(
        call.connection, house, person.id, place.value, call.now
    )
    return house.organization_id, conversation_id


def _show(call: Call, key: Key) -> dict[str, Any]:
    return views.conversation(held.by_key(call.connection, [key], lock=False)[key], call.now)
