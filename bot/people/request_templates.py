"""The approved templates of the opt-in request: a ContentSid for each sender and language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from bot.people.choices import CONTENT_SID
from bot.people.languages import read_language
from bot.people.mistakes import Mistake
from bot.store.bulk import update_all
from bot.store.models import Sender


def sender(connection: Connection, organization_id: UUID, sender_id: UUID) -> Row[Any] | None:
    """One of an organization's senders; None when it has none of that id."""
    query = select(*Sender.__table__.columns).where(
        Sender.organization_id == organization_id, Sender.id == sender_id
    )
    return connection.execute(query).first()


def read_template(language: str, sid: str) -> tuple[str, str]:
    """Read a language and the ContentSid in it. Raises `Mistake`."""
    tag, written = read_language(language), sid.strip()
    if not CONTENT_SID.fullmatch(written):
        raise Mistake("A ContentSid is HX and 32 letters or digits, as Twilio's console shows it.")
    return tag, written


def replace(connection: Connection, sender_id: UUID, templates: Mapping[str, str]) -> None:
    """Let a sender ask with these templates and no others."""
    row = {"id": sender_id, "templates": dict(templates)}
    update_all(connection, Sender, [row], keys=("id",))
