"""Many contacts asked at once: what was meant, and what became of each of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    literal_column,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from bot.store.columns import new_id
from bot.store.models.base import ADDRESS, Base, belongs_to


def _only(condition: str) -> dict[str, Any]:
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


def is_status(column: Mapped[str] | InstrumentedAttribute[str], status: str) -> ColumnElement[bool]:
    """Whether a status is this one, spelled as in the condition of an index that is to serve."""
    return column == literal_column(f"'{status}'")


class Campaign(Base):
    """A bulk request: who asks, on what basis, and where its contacts came from, in words.

    `status`: preparing, running, paused, cancelled or done. The worker looks at it at `due_at`;
    `obstacle` is what keeps all of it until then, a reason of the API.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        Index("ix_campaign_running", "sender_id", "due_at", **_only("status = 'running'")),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("sender.id"))
    asked_by: Mapped[str]
    basis: Mapped[str]
    source: Mapped[str]
    status: Mapped[str]
    obstacle: Mapped[str | None]
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Invitation(Base):
    """One contact of a campaign, or a line of its file that names none.

    `status`: waiting until `due_at`, asked, refused for a `reason`, failed, or cancelled; the
    unique key lets nobody stand in a campaign twice.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        belongs_to("campaign"),
        Index(
            "uq_invitation_address", "organization_id", "campaign_id", "address", unique=True,
            **_only("address IS NOT NULL"),
        ),
        Index(
            "ix_invitation_waiting", "organization_id", "campaign_id", "due_at", "place",
            **_only("status = 'waiting'"),
        ),
    )  # fmt: skip

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(default="")
    address: Mapped[str | None] = mapped_column(ADDRESS)
    conversation_id: Mapped[UUID | None]
    status: Mapped[str]
    reason: Mapped[str | None]
    words: Mapped[str | None]
    due_at: Mapped[datetime | None]
    at: Mapped[datetime | None]
