"""The addresses that an organization writes from, and the templates of its requests."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from bot.console.desk import ADMINS, OVERSEERS, Desk, Visit
from bot.console.forms import WHOLE, Faults, Wrong
from bot.console.numbers import spelled
from bot.console.words import LANGUAGES
from bot.people import organizations, request_templates
from bot.people.languages import read_language
from bot.people.organizations import WHATSAPP
from bot.people.phones import read_phone

SID = "sid-"
"""What the names of fields begin with that hold the ContentSid of a language."""


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/settings/senders")
    def senders() -> ResponseReturnValue:
        """List them."""
        return desk.read(partial(_list, desk), OVERSEERS)

    @blueprint.get("/settings/senders/new")
    def senders_new() -> ResponseReturnValue:
        """Ask for a new one."""
        return desk.read(partial(_ask, desk), ADMINS)

    @blueprint.post("/settings/senders")
    def add_sender() -> ResponseReturnValue:
        """Add one."""
        return desk.attempt(partial(_add, desk), partial(_ask, desk), ADMINS)

    @blueprint.get("/settings/senders/<uuid:sender_id>")
    def senders_edit(sender_id: UUID) -> ResponseReturnValue:
        """Show one, with its templates."""
        return desk.read(partial(_show, desk, sender_id), OVERSEERS)

    @blueprint.post("/settings/senders/<uuid:sender_id>")
    def change_sender(sender_id: UUID) -> ResponseReturnValue:
        """Change them."""
        return desk.attempt(
            partial(_change, desk, sender_id), partial(_show, desk, sender_id), ADMINS
        )


def _list(desk: Desk, visit: Visit) -> str:
    rows = organizations.senders(visit.connection, visit.member.organization_id)
    return desk.page("senders.html", senders=rows, languages=LANGUAGES)


def _ask(desk: Desk, visit: Visit, errors: dict[str, str] | None = None) -> str:  # noqa: ARG001
    given = request.form if errors else {}
    return desk.page("sender_new.html", errors=errors or {}, given=given, languages=LANGUAGES)


def _add(desk: Desk, visit: Visit) -> ResponseReturnValue:
    form, faults = request.form, Faults()
    address = form.get("address", "").strip().removeprefix(WHATSAPP)
    prefix = WHATSAPP if form.get("channel") == "whatsapp" else ""
    owner, templates = visit.member.organization_id, {}
    with faults.of("address"):
        sender_id = organizations.add_sender(
            visit.connection, owner, prefix + read_phone(address), {}, visit.now
        )
    if prefix and form.get("sid", "").strip():
        with faults.of("sid"):
            templates = dict([request_templates.read_template(form["language"], form["sid"])])
    faults.stop()
    request_templates.replace(visit.connection, sender_id, templates)
    visit.say(f"Added {spelled(address)}. Now let Twilio call us for it: see Twilio setup.")
    return desk.to("senders")


def _find(visit: Visit, sender_id: UUID) -> Row[Any]:
    found = request_templates.sender(visit.connection, visit.member.organization_id, sender_id)
    return found or abort(404)


def _show(
    desk: Desk, sender_id: UUID, visit: Visit, errors: dict[str, str] | None = None
) -> str:  # fmt: skip
    sender = _find(visit, sender_id)
    given = {f"{SID}{tag}": sid for tag, sid in sender.templates.items()}
    given |= request.form.to_dict() if errors else {}
    return desk.page(
        "sender.html", sender=sender, errors=errors or {}, given=given, languages=LANGUAGES
    )


def _change(desk: Desk, sender_id: UUID, visit: Visit) -> ResponseReturnValue:
    sender, form, faults = _find(visit, sender_id), request.form, Faults()
    if sender.channel != "whatsapp":
        raise Wrong({WHOLE: "Templates belong to WhatsApp senders. SMS needs none."})
    templates = _templates(form, faults)
    faults.stop()
    request_templates.replace(visit.connection, sender_id, templates)
    visit.say("Saved.")
    return desk.to("senders")


def _templates(form: Any, faults: Faults) -> dict[str, str]:
    """The templates of a form; emptied ones are taken away."""
    templates = {}
    for field, sid in form.items():
        if field.startswith(SID) and sid.strip():
            with faults.of(field):
                tag, written = request_templates.read_template(field.removeprefix(SID), sid)
                templates[tag] = written
    if form.get("sid", "").strip():
        with faults.of("language"):
            read_language(form.get("language", ""))
        with faults.of("sid"):
            tag, written = request_templates.read_template(form.get("language", "en"), form["sid"])
            templates[tag] = written
    return templates
