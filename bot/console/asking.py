"""The prompt before a contact is asked for consent, and the question whether to go on by SMS."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bot.console import once
from bot.console.contacts import find, number_of
from bot.console.desk import Desk, Visit
from bot.console.panel import panel
from bot.console.sms import parts
from bot.console.words import BASES, language_word, reason_word
from bot.conversations import actions, engine, held
from bot.conversations.held import Held, Key
from bot.conversations.reading import preview, unopened
from bot.people import newcomers, senders
from bot.people.contacts import Person
from bot.people.quiet_hours import zones_of
from bot.people.senders import House

LONGEST_BASIS = 500
NO_BASIS = "Choose why you may write to this contact."
NO_WORDS = "Say in a few words what the other reason is."


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add the prompt and what it leads to."""

    @blueprint.get("/contacts/<uuid:contact_id>/<any(whatsapp, sms):channel>", endpoint="ask")
    def prompt(contact_id: UUID, channel: str) -> ResponseReturnValue:
        """Show what the contact would be asked, or the conversation that goes on."""
        return desk.read(lambda visit: _prompt(desk, visit, contact_id, channel))

    @blueprint.post("/contacts/<uuid:contact_id>/<any(whatsapp, sms):channel>")
    def confirm(contact_id: UUID, channel: str) -> ResponseReturnValue:
        """Ask the contact."""
        return desk.write(lambda visit: _confirm(desk, visit, contact_id, channel))

    @blueprint.post("/contacts/<uuid:contact_id>/sms/open", endpoint="open_sms")
    def open_sms(contact_id: UUID) -> ResponseReturnValue:
        """Open the conversation by SMS that replaces one on WhatsApp."""
        return desk.write(lambda visit: _open_sms(desk, visit, contact_id))


def _prompt(desk: Desk, visit: Visit, contact_id: UUID, channel: str) -> ResponseReturnValue:
    person = find(visit, contact_id)
    talk = next((talk for talk in person.talks if talk.channel == channel), None)
    key = (visit.member.organization_id, talk.id) if talk else None
    found = held.by_key(visit.connection, [key], lock=False)[key] if key else None
    if found and found.state != found.flow.initial and "again" not in request.args:
        return desk.to("conversation", conversation_id=found.id)
    return _show(desk, visit, person, channel, found)


def _show(
    desk: Desk, visit: Visit, person: Person, channel: str, found: Held | None, error: str = ""
) -> ResponseReturnValue:
    if found is None:
        house = _house(visit, channel)
        if isinstance(house, str):
            return _refused(desk, person, channel, house)
        address = _address(person, channel)
        if address is None:
            return _refused(desk, person, channel, reason_word("no_phone").says)
        found = unopened(
            visit.connection, house, person.id, address, person.language, visit.now
        )  # fmt: skip
    shown = _rendered(
        desk, person, channel, held=found, error=error, panel=panel(found, visit.now),
        given=request.form.to_dict(), key=once.new_key(), preview=preview(found, visit.now),
        quiet=_quiet_word(found, visit.now),
    )  # fmt: skip
    return shown, 422 if error else 200


def _quiet_word(found: Held, now: datetime) -> str | None:
    """What an agent is told who asks in a quiet hour: it is their decision."""
    until = actions.quiet(found, now)
    if until is None:
        return None
    here = until.astimezone(zones_of(found.address, found.house_zone)[0])
    return f"It is a quiet hour where the contact is, until {here:%H:%M} there. You may ask anyway."


def _refused(desk: Desk, person: Person, channel: str, words: str) -> ResponseReturnValue:
    return _rendered(desk, person, channel, refused=words)


def _rendered(desk: Desk, person: Person, channel: str, **context: Any) -> str:
    # Bare as a part: what is left to say is for the next whole page.
    show = desk.bare if _is_part() else desk.page
    return show(
        "prompt_part.html" if _is_part() else "prompt.html", person=person, channel=channel,
        number=number_of(person), bases=BASES, language_word=language_word, parts=parts, **context,
    )  # fmt: skip


def _is_part() -> bool:
    """Whether a script asks for the prompt alone, to show it as a dialog."""
    return request.headers.get("X-Part") == "prompt"


def _confirm(desk: Desk, visit: Visit, contact_id: UUID, channel: str) -> ResponseReturnValue:
    person = find(visit, contact_id)
    house, address = _house(visit, channel), _address(person, channel)
    basis, error = chosen_basis()
    if isinstance(house, str) or address is None or error:
        return _show(desk, visit, person, channel, None, error)
    conversation_id = newcomers.open_conversation(
        visit.connection, house, person.id, address, visit.now
    )
    ask(visit, (house.organization_id, conversation_id), basis)
    return desk.to("conversation", conversation_id=conversation_id)


def ask(visit: Visit, key: Key, basis: str) -> None:
    """Ask once, however often the form comes; say what came of it on the next page."""
    form_key = request.form.get("key", "")
    if not once.is_first(visit.connection, key[0], form_key, visit.now):
        return
    request_of = engine.Request(key, visit.member.email, basis)
    refusal = engine.start(visit.connection, [request_of], visit.now)[0]
    if refusal:
        visit.say(f"Nothing was sent. {reason_word(refusal.reason).says}", "warn")


def _open_sms(desk: Desk, visit: Visit, contact_id: UUID) -> ResponseReturnValue:
    """Open the SMS conversation. Nothing is sent yet: that is the agent's choice."""
    person = find(visit, contact_id)
    house, address = _house(visit, "sms"), _address(person, "sms")
    if isinstance(house, str) or address is None:
        visit.say(house if isinstance(house, str) else reason_word("no_phone").says, "warn")
        return desk.to("contacts")
    conversation_id = newcomers.open_conversation(
        visit.connection, house, person.id, address, visit.now
    )
    return desk.to("conversation", conversation_id=conversation_id)


def _house(visit: Visit, channel: str) -> House | str:
    """The sender that the organization writes from, or why there is none."""
    policy = senders.policy(visit.connection, visit.member.organization_id)
    if channel == "whatsapp" and not policy.whatsapp:
        return reason_word("whatsapp_disabled").says
    if channel == "sms" and policy.sms == "off":
        return reason_word("sms_disabled").says
    house = senders.of_organization(visit.connection, visit.member.organization_id, channel)
    return house or reason_word("no_sender").says


def _address(person: Person, channel: str) -> str | None:
    if person.phone:
        return person.phone.value
    return person.places[0].value if channel == "whatsapp" and person.places else None


def chosen_basis() -> tuple[str, str]:
    """The basis that was chosen, in words; and what is wrong with the choice."""
    chosen = request.form.get("basis", "")
    words = " ".join(request.form.get("basis_words", "").split())[:LONGEST_BASIS]
    if chosen not in BASES:
        return "", NO_BASIS
    if chosen == "other" and not words:
        return "", NO_WORDS
    return ": ".join(filter(None, (BASES[chosen], words))), ""
