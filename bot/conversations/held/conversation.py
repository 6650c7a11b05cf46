"""A conversation as a turn holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bot.conversations.wording import OwnWording
from flows.flow import Flow

Key = tuple[UUID, UUID]
"""Organization and id: how every row that grows is known."""

Ends = tuple[str, str]
"""The address of a sender of ours and that of a contact: between whom a conversation is."""


@dataclass(slots=True)
class Held:
    """A conversation, and what a turn needs to know of the people in it."""

    organization_id: UUID
    id: UUID
    sender_id: UUID
    contact_id: UUID
    address: str
    channel: str
    flow: Flow
    state: str
    state_since: datetime
    since_line: int
    due_at: datetime | None
    request_id: UUID | None
    asked_by: str | None
    basis: str | None
    window_until: datetime | None
    heard_at: datetime | None
    said: dict[str, datetime]
    automatic: list[datetime]
    unanswered: int
    lines: int
    entries: int
    head: str
    known_as: str | None
    heard_in: UUID | None
    version: int
    business: str
    whatsapp: bool
    sms: str
    strangers: str
    language: str
    house_language: str
    sender: str
    templates: dict[str, str]
    attempts: int
    quiet_hours: str
    house_zone: str
    wording: OwnWording

    @property
    def key(self) -> Key:
        """Organization and id."""
        return self.organization_id, self.id

    @property
    def to_address(self) -> str:
        """Where a message of ours goes, as the provider spells it."""
        return f"whatsapp:{self.address}" if self.channel == "whatsapp" else self.address

    def window_open(self, now: datetime) -> bool:
        """Whether free text may be sent: on WhatsApp for 24 h after the contact's last message.

        https://www.twilio.com/docs/whatsapp/key-concepts
        """
        if self.channel != "whatsapp":
            return True
        return self.window_until is not None and now < self.window_until
