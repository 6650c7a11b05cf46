"""What is going on: conversations, and the messages in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    and_,
    literal_column,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from bot.store.columns import new_id
from bot.store.models.base import ADDRESS, Base, belongs_to

OUR_CONCERN = ("queued", "sending", "unknown", "uncertain")
"""Statuses of messages whose fate is still ours to decide."""

DOUBTFUL = ("sending", "unknown")
"""Statuses of messages that may be at the provider, or not."""


BEGUN_BY_US = "content_sid IS NOT NULL OR request"
"""Messages that need no message of the contact before them."""


def has_status(
    column: Mapped[str] | InstrumentedAttribute[str], *statuses: str
) -> ColumnElement[bool]:
    """Whether a status is one of these, spelled in the statement itself.

    An index over some statuses serves no statement in which a parameter stands for them, and on
    SQLite none that does not repeat the condition of the index word for word.
    https://www.sqlite.org/partialindex.html#queries_using_partial_indexes
    """
    wanted = _among(column, statuses)
    is_narrower = set(statuses) < set(OUR_CONCERN) and statuses != DOUBTFUL
    return and_(_among(column, OUR_CONCERN), wanted) if is_narrower else wanted


def _among(
    column: Mapped[str] | InstrumentedAttribute[str], statuses: Sequence[str]
) -> ColumnElement[bool]:
    return column.in_([literal_column(f"'{status}'") for status in statuses])


def _where(*statuses: str) -> dict[str, Any]:
    condition = text(f"status IN ({', '.join(repr(status) for status in statuses)})")
    return {"postgresql_where": condition, "sqlite_where": condition}


class Conversation(Base):
    """One sender and one contact address. Consent belongs to it.

    `since_line` is the line of the timeline behind which the state began: consent covers nothing
    that was said up to it. It stays while one open state follows another. `request_id` is the
    message that the state rests on. `heard_at` (wall) is when the contact was last heard,
    `window_until` when free text on WhatsApp ends. `said` holds when each text was last said,
    `automatic` the moments of the last automatic messages, `unanswered` how many requests the
    contact has got since they were last heard. `lines` and `entries` count the timeline and the
    ledger; `head` is the hash of the last entry. `known_as` is the user id that the provider last
    named beside the address; `heard_in` the conversation (id) in which the address is heard, since
    it proved to be another one of the same person.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        belongs_to("contact"),
        ForeignKeyConstraint(
            ["organization_id", "address"], ["address.organization_id", "address.value"]
        ),
        Index(
            "uq_conversation_sender_address",
            "organization_id", "sender_id", "address", unique=True,
        ),
        Index("ix_conversation_contact", "organization_id", "contact_id"),
        Index("ix_conversation_state", "organization_id", "state", "contact_id"),
        Index(
            "ix_conversation_due", "due_at",
            postgresql_where=text("due_at IS NOT NULL"), sqlite_where=text("due_at IS NOT NULL"),
        ),
    )  # fmt: skip

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("sender.id"))
    contact_id: Mapped[UUID]
    address: Mapped[str] = mapped_column(ADDRESS)
    channel: Mapped[str]
    flow: Mapped[str]
    state: Mapped[str]
    state_since: Mapped[datetime]
    since_line: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    request_id: Mapped[UUID | None]
    asked_by: Mapped[str | None]
    basis: Mapped[str | None]
    window_until: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    automatic: Mapped[list[Any]] = mapped_column(default=list)
    unanswered: Mapped[int] = mapped_column(default=0)
    lines: Mapped[int] = mapped_column(default=0)
    entries: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(default="")
    known_as: Mapped[str | None] = mapped_column(ADDRESS)
    heard_in: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Message(Base):
    """Anything said, either way. Outbound rows are the outbox.

    `seq` is its place in the timeline, `said_in` the state in which it was said, `request` whether
    that state rests on it. `due_at` is when the outbox looks at it next, `unknown_at` since when
    its fate is unknown, `unanswered` how many calls got no answer; `claimed_at` (wall) is when it
    was first claimed, `lease_until` (wall) when the attempt under way must have ended; `token`
    names the row in its status URL.
    """

    __tablename__ = "message"
    __table_args__ = (
        belongs_to("conversation"),
        Index(
            "uq_message_conversation_seq",
            "organization_id", "conversation_id", "seq", unique=True,
        ),
        Index(
            "uq_message_sid", "organization_id", "sid", unique=True,
            postgresql_where=text("sid IS NOT NULL"), sqlite_where=text("sid IS NOT NULL"),
        ),
        Index(
            "ix_message_token", "token",
            postgresql_where=text("token IS NOT NULL"), sqlite_where=text("token IS NOT NULL"),
        ),
        Index(
            "ix_message_outbox", "sender_id", "status", "due_at",
            **_where(*OUR_CONCERN),
        ),
        Index(
            "ix_message_in_doubt", "status", "due_at",
            **_where(*DOUBTFUL),
        ),
        Index(
            "ix_message_waiting", "organization_id", "conversation_id", "seq",
            **_where(*OUR_CONCERN),
        ),
        Index(
            "ix_message_silent", "due_at",
            **_where("sent"),
        ),
        Index(
            "ix_message_begun_by_us", "sender_id", "created_at",
            postgresql_where=text(BEGUN_BY_US), sqlite_where=text(BEGUN_BY_US),
        ),
    )  # fmt: skip

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID]
    sender_id: Mapped[UUID]
    seq: Mapped[int]
    direction: Mapped[str]
    kind: Mapped[str]
    said_in: Mapped[str]
    request: Mapped[bool] = mapped_column(default=False)
    author: Mapped[str | None]
    text: Mapped[str]
    media: Mapped[list[Any] | None]
    content_sid: Mapped[str | None]
    variables: Mapped[dict[str, Any] | None]
    from_address: Mapped[str] = mapped_column(ADDRESS)
    to_address: Mapped[str] = mapped_column(ADDRESS)
    status: Mapped[str]
    error_code: Mapped[int | None]
    error: Mapped[str | None]
    sid: Mapped[str | None]
    token: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(default=0)
    unanswered: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    unknown_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
