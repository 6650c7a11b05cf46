"""Conversations as the console shows them: their last lines, and before they exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, select

from bot.conversations import house_texts
from bot.conversations.changes import form_of
from bot.conversations.held import Held
from bot.conversations.wording import word
from bot.people.languages import met_in
from bot.people.senders import House
from bot.store.among import among
from bot.store.columns import new_id
from bot.store.models import Conversation, Message, Notice, Organization, Sender
from flows.turn import Say, Turn


@dataclass(frozen=True, slots=True)
class Brief:
    """The last line of a conversation, for a list."""

    at: datetime
    kind: str
    text: str


def last_lines(
    connection: Connection, organization_id: UUID, conversations: Sequence[UUID]
) -> dict[UUID, Brief]:
    """The last line of each of these conversations, those that have one."""
    said = and_(
        Message.organization_id == Conversation.organization_id,
        Message.conversation_id == Conversation.id,
        Message.seq == Conversation.lines,
    )
    told = and_(
        Notice.organization_id == Conversation.organization_id,
        Notice.conversation_id == Conversation.id,
        Notice.seq == Conversation.lines,
    )
    rows = connection.execute(
        select(
            Conversation.id, Message.created_at, Message.direction, Message.text,
            Notice.at, Notice.text.label("told"),
        )
        .outerjoin(Message, said)
        .outerjoin(Notice, told)
        .where(Conversation.organization_id == organization_id)
        .where(among(connection, Conversation.id, list(conversations)))
    )  # fmt: skip
    return {row.id: _brief(row) for row in rows if row.created_at or row.at}


def _brief(row: Any) -> Brief:
    text = row.text if row.direction else row.told
    return Brief(row.created_at or row.at, row.direction or "notice", text)


def unopened(
    connection: Connection, house: House, contact_id: UUID, address: str, language: str | None,
    now: datetime,
) -> Held:  # fmt: skip
    """A conversation that nobody has opened yet, as it would begin. It is stored nowhere."""
    row = connection.execute(
        select(
            Organization.name,
            Organization.language,
            Organization.strangers,
            Organization.attempts,
            Organization.quiet_hours,
            Organization.time_zone,
            Organization.wording,
            Sender.templates,
        )
        .join(Sender, Sender.organization_id == Organization.id)
        .where(Sender.id == house.sender_id)
    ).one()
    newest = (house.organization_id, row.wording)
    return Held(
        organization_id=house.organization_id, id=new_id(), sender_id=house.sender_id,
        contact_id=contact_id, channel=house.channel, flow=house.flow, state=house.flow.initial,
        state_since=now, since_line=0, due_at=None, request_id=None, asked_by=None, basis=None,
        window_until=None, heard_at=None, said={}, automatic=[], unanswered=0,
        lines=0, entries=0, head="", known_as=None, heard_in=None, version=0,
        business=row.name, strangers=row.strangers, whatsapp=house.whatsapp, sms=house.sms,
        language=met_in(language, address, row.language, row.templates),
        house_language=row.language, address=address, sender=house.address,
        templates=row.templates, attempts=row.attempts, quiet_hours=row.quiet_hours,
        house_zone=row.time_zone, wording=house_texts.of(connection, [newest])[newest],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """What a contact would read, in which language, and as which template if it is one."""

    text: str
    language: str
    content_sid: str | None


def preview(held: Held, now: datetime) -> Preview | None:
    """What a contact would be asked if an agent asked now; None when nothing would be said."""
    turn = Turn(held.state, now, said=dict(held.said))
    overdue = held.due_at is not None and held.due_at <= now
    if overdue:
        held.flow.take("expire", turn)
    held.flow.take("start", turn)
    said = (effect for effect in turn.effects if isinstance(effect, Say) and effect.request)
    effect = next(said, None)
    if effect is None:
        return None
    tag, content_sid = form_of(held, effect)
    wording = word(effect.text, "contact", tag, held.wording, business=held.business)
    return Preview(wording.text, wording.language, content_sid)
