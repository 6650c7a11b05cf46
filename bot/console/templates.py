"""Message templates: which there are, what they say, and sending one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bot.console import once
from bot.console.contacts import find as find_contact
from bot.console.conversation import find
from bot.console.desk import WRITERS, Desk, Visit
from bot.console.panel import panel
from bot.console.sending import deliver
from bot.console.words import approval_word, language_word
from bot.conversations import house_texts
from bot.conversations.held import Held
from bot.conversations.letters import Letter
from bot.conversations.wording import word
from bot.messaging.contents import Content, Unknown, approved, look_up
from bot.messaging.gateway import Gateway
from bot.people import organizations
from bot.people.choices import CONTENT_SID

LONGEST_VALUE = 500
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Known:
    """A template that a sender of the organization uses for its opt-in request."""

    sender: str
    language: str
    sid: str


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add the list of templates and the page to send one."""

    @blueprint.get("/templates", endpoint="templates")
    def everything() -> ResponseReturnValue:
        """List the templates of all senders, with their texts as Twilio has them."""
        known: list[Known] = []
        # Twilio is asked when the transaction is over: it may take its time.
        desk.read(lambda visit: _note(visit, known))
        contents = {one.sid: _looked_up(desk, one.sid) for one in known[:SHOWN]}
        return desk.read(lambda visit: _list(desk, visit, known, contents))

    @blueprint.get("/conversations/<uuid:conversation_id>/templates", endpoint="pick")
    def pick(conversation_id: UUID) -> ResponseReturnValue:
        """Show the templates for a conversation, or the form of the one picked."""
        shared: list[bool] = []
        desk.read(lambda visit: _look_around(visit, conversation_id, shared), WRITERS)
        content = _looked_up(desk, _sid(request.args))
        others = [] if content or any(shared) else _approved(desk)
        return desk.read(lambda visit: _pick(desk, visit, conversation_id, content, others=others))

    @blueprint.post("/conversations/<uuid:conversation_id>/templates", endpoint="send_template")
    def send(conversation_id: UUID) -> ResponseReturnValue:
        """Send the template that was picked."""
        desk.read(lambda visit: str(find(visit, conversation_id).id), WRITERS)
        content = _looked_up(desk, _sid(request.form))
        return desk.write(lambda visit: _send(desk, visit, conversation_id, content))


def _note(visit: Visit, known: list[Known]) -> str:
    known.extend(_known(visit))
    return ""


def _known(visit: Visit) -> list[Known]:
    senders = organizations.senders(visit.connection, visit.member.organization_id)
    return [
        Known(one.address, language, sid)
        for one in senders
        for language, sid in one.templates.items()
    ]


def _sid(given: Mapping[str, str]) -> str:
    return given.get("sid", "").strip()


def _looked_up(desk: Desk, sid: str) -> Content | str | None:
    """The template, or in words why nothing is known of it; None for no ContentSid at all."""
    if not sid:
        return None
    if not CONTENT_SID.fullmatch(sid):
        return "A ContentSid is HX and 32 letters or digits. Twilio’s console shows it."
    try:
        return look_up(Gateway(desk.runtime.settings), sid)
    except Unknown as unknown:
        return str(unknown)


def _look_around(visit: Visit, conversation_id: UUID, shared: list[bool]) -> str:
    """Note whether the account at Twilio, and so its templates, is other organizations' too."""
    shared.append(len(organizations.everyone(visit.connection)) > 1)
    return str(find(visit, conversation_id).id)


def _approved(desk: Desk) -> list[Content]:
    try:
        return approved(Gateway(desk.runtime.settings))
    except Unknown:
        return []


def _list(
    desk: Desk, visit: Visit, known: list[Known], contents: dict[str, Content | str | None]
) -> ResponseReturnValue:
    own = house_texts.newest(visit.connection, visit.member.organization_id)
    business = visit.member.organization
    kept = {
        one.language: word("ask", "contact", one.language, own, business=business).text
        for one in known
    }
    return desk.page(
        "templates.html", known=known, contents=contents, language_word=language_word,
        approval_word=approval_word, kept=kept, business=business,
    )  # fmt: skip


def _pick(
    desk: Desk, visit: Visit, conversation_id: UUID, content: Content | str | None,
    error: str = "", others: Sequence[Content] = (),
) -> ResponseReturnValue:  # fmt: skip
    found = find(visit, conversation_id)
    status = 422 if error else 200
    known = [one for one in _known(visit) if one.sender == found.sender]
    others = [one for one in others if one.sid not in {mine.sid for mine in known}]
    return _page(desk, visit, found, known, content, error, others), status


def _page(
    desk: Desk, visit: Visit, found: Held, known: list[Known], content: Content | str | None,
    error: str, others: Sequence[Content],
) -> str:  # fmt: skip
    return desk.page(
        "pick.html", held=found, person=find_contact(visit, found.contact_id), known=known,
        content=content if isinstance(content, Content) else None, error=error,
        unknown=content if isinstance(content, str) else "", sid=_sid(request.values),
        given=_variables(content), panel=panel(found, visit.now), key=once.new_key(),
        approval_word=approval_word, language_word=language_word, others=others,
    )  # fmt: skip


def _send(
    desk: Desk, visit: Visit, conversation_id: UUID, content: Content | str | None
) -> ResponseReturnValue:
    sid = _sid(request.form)
    if not CONTENT_SID.fullmatch(sid):
        return _pick(desk, visit, conversation_id, content, "Choose a template first.")
    variables = _variables(content)
    if isinstance(content, Content):
        missing = [place for place in content.places if not variables.get(place)]
        if missing:
            words = f"Fill in {', '.join(missing)}: the contact would read an empty place."
            return _pick(desk, visit, conversation_id, content, words)
    text = content.filled(variables) if isinstance(content, Content) else ""
    key = (visit.member.organization_id, conversation_id)
    return deliver(desk, visit, Letter(key, visit.member.email, text, sid, variables))


def _variables(content: Content | str | None) -> dict[str, str]:
    """What was filled in: a field for each place, or lines like `1=Ana` when none are known."""
    if isinstance(content, Content):
        return {
            place: " ".join(request.values.get(f"v-{place}", "").split())[:LONGEST_VALUE]
            for place in content.places
        }
    pairs = (line.partition("=") for line in request.values.get("variables", "").splitlines())
    return {name.strip(): value.strip() for name, sign, value in pairs if sign and name.strip()}
