"""The tables of the obvious way."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Engine, ForeignKey, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Every table."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True)}


class Contact(Base):
    """Somebody who is asked."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(unique=True)


class Conversation(Base):
    """What was agreed with a contact."""

    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), unique=True)
    state: Mapped[str] = mapped_column(default="new", index=True)
    head: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]
    contact: Mapped[Contact] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Message(Base):
    """Anything said, either way; what goes out waits here to be sent."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    direction: Mapped[str]
    text: Mapped[str]
    status: Mapped[str] = mapped_column(index=True)
    sid: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Notice(Base):
    """What the agent is told."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    text: Mapped[str]
    created_at: Mapped[datetime]


class Entry(Base):
    """One link of the evidence."""

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    kind: Mapped[str]
    body: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]
    created_at: Mapped[datetime]


def open_engine(url: str) -> Engine:
    """An engine as durable as ours is."""
    engine = create_engine(url, pool_size=20, max_overflow=0)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure)
    return engine


def _configure(connection: object, _record: object) -> None:
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}").close()  # type: ignore[attr-defined]
