"""What can be proved: the ledger, and everything that the provider ever told us."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.columns import new_id
from bot.store.models.base import Base, belongs_to


class Entry(Base):
    """One entry of the ledger: append-only, chained by hash within its conversation.

    `body` is the exact text that was hashed and names nobody: personal values stand in it as salted
    commitments, and lie beside it in `personal`, which alone may be emptied.
    """

    __tablename__ = "ledger"
    __table_args__ = (belongs_to("conversation"),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    at: Mapped[datetime]
    body: Mapped[str]
    personal: Mapped[dict[str, Any] | None]
    previous: Mapped[str]
    hash: Mapped[str]


class Arrival(Base):
    """That a message of a contact was taken, for ever: the fence against a second delivery."""

    __tablename__ = "arrival"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    sid: Mapped[str] = mapped_column(primary_key=True)
    via: Mapped[str]
    at: Mapped[datetime]


class Delivery(Base):
    """One status callback about a message of ours, as it came. Append-only."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_message", "organization_id", "message_id"),
    )  # fmt: skip

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[UUID]
    sid: Mapped[str]
    status: Mapped[str]
    error_code: Mapped[int | None]
    detail: Mapped[str | None]
    at: Mapped[datetime]


class StrayReport(Base):
    """The latest status callback about a message of nobody: so many are kept, for a person."""

    __tablename__ = "stray_report"

    sid: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    error_code: Mapped[int | None]
    at: Mapped[datetime]


class Stray(Base):
    """A signed message that we could not place: kept whole, and shown under Problems."""

    __tablename__ = "stray"

    sid: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    form: Mapped[dict[str, Any]]
    at: Mapped[datetime]
