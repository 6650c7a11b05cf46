"""What calls take and give."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from bot.api.given import Given

Channel = Literal["whatsapp", "sms"]


class NewContact(Given):
    """A contact to add."""

    name: str = Field(min_length=1, max_length=200)
    phone: str = Field(min_length=1, max_length=40, description="E.164, for example +4915112345678")
    language: str | None = Field(None, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")


class Sought(Given):
    """Contacts as the address book finds them."""

    q: str = Field("", max_length=200, description="beginnings of words of the name, or a number")
    state: str = Field(
        "", max_length=40,
        description="the state of a conversation; `wrote_first`: they wrote, nobody has asked",
    )  # fmt: skip


class Page(Given):
    """Which page of a listing."""

    cursor: str = Field("", max_length=300, description="`next` of the page before")
    limit: int = Field(50, ge=1, le=200)


class Search(Page, Sought):
    """Which contacts to list."""


class OptInRequest(Given):
    """Ask a contact for consent."""

    basis: str = Field(
        min_length=1, max_length=500, description="why they may be written to at all"
    )
    channel: Channel = "whatsapp"
    sender: str | None = Field(
        None, max_length=160, description="one of the organization's senders"
    )


class Withdrawal(Given):
    """An opt-out that reached us another way."""

    reason: str = Field(min_length=1, max_length=500)


class Empty(Given):
    """Nothing need be said."""


class After(Given):
    """Where a timeline goes on."""

    after: int = Field(
        0, ge=0, le=2**31 - 1, description="the `seq` of the last line that is known"
    )
    limit: int = Field(200, ge=1, le=500)


class MaySend(Given):
    """Whom somebody wants to write to, and how."""

    phone: str = Field(min_length=1, max_length=40)
    channel: Channel = "whatsapp"
    sender: str | None = Field(None, max_length=160)


class AddressOut(BaseModel):
    """One address of a contact."""

    id: str
    kind: Literal["phone", "whatsapp_id"]
    value: str


class TalkOut(BaseModel):
    """One conversation of a contact, in brief."""

    id: str
    channel: Channel
    state: str


class ContactOut(BaseModel):
    """A contact."""

    id: str
    name: str
    phone: str | None
    language: str | None
    addresses: list[AddressOut]
    conversations: list[TalkOut]


class ContactPage(BaseModel):
    """Contacts, and the cursor of the next page."""

    items: list[ContactOut]
    next: str | None


class ActionOut(BaseModel):
    """Whether an agent may do it, else why not and from when."""

    allowed: bool
    reason: str | None
    allowed_at: str | None


class ConversationOut(BaseModel):
    """A conversation, and what may be done next."""

    id: str
    contact_id: str
    channel: Channel
    sender: str
    address: str
    state: str
    state_since: str
    due_at: str | None
    window_until: str | None
    actions: dict[str, ActionOut]


class LineOut(BaseModel):
    """A line of a timeline.

    `media` is what went along: `{url, type}`, or of a file that was sent from the console
    `{attachment, type, name, size, sha256, kept}`, whose bytes are there while it is `kept`.
    """

    seq: int
    at: str
    kind: Literal["notice", "in", "out"]
    code: str
    text: str
    status: str | None
    error: str | None
    error_code: int | None
    media: list[dict[str, Any]] | None


class LinePage(BaseModel):
    """Lines, and the `after` of the next page."""

    items: list[LineOut]
    next: int | None


class MessageOut(LineOut):
    """A message that was queued; `segments` are the parts that an SMS is sent and billed in."""

    id: str
    segments: int | None


class MaySendOut(BaseModel):
    """The answer to: may I message this person now, and how?"""

    allowed: bool
    how: list[Literal["text", "template"]]
    state: str
    reason: str | None
    allowed_at: str | None
