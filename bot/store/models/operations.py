"""What keeps the service going: problems, answers given, heartbeats, the clock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.models.base import Base


class Problem(Base):
    """Something that a person should look at, counted rather than piled up."""

    __tablename__ = "problem"

    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str]
    count: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]


class Answered(Base):
    """What an API call with an `Idempotency-Key` was answered, kept for 24 hours."""

    __tablename__ = "answered"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    status: Mapped[int]
    body: Mapped[str]
    at: Mapped[datetime]


class Heartbeat(Base):
    """When a part of the worker last did its work (wall)."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    words: Mapped[str] = mapped_column(default="")


class Pause(Base):
    """Until when (wall) nothing is sent, and why. One row."""

    __tablename__ = "pause"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime]
    reason: Mapped[str]


class ClockOffset(Base):
    """How far the simulated clock is ahead of the real one. One row, honoured by simulations."""

    __tablename__ = "clock_offset"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    microseconds: Mapped[int] = mapped_column(BigInteger, default=0)
