"""Who is there: organizations and their senders, those who sign in, contacts and addresses."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.columns import BY_BYTES, new_id
from bot.store.models.base import ADDRESS, Base, belongs_to


class Organization(Base):
    """A tenant. WhatsApp is off until it is enabled for it.

    `attempts` is how many requests a contact may get without an answer; 0 is no limit. In its
    `quiet_hours` (`21:00-08:00`, where the contact is; empty for none) nobody is asked in bulk.
    `messaging_limit` is how many people Meta lets all its WhatsApp senders together begin to write
    to in 24 hours; 0 is no limit. `strangers` is what becomes of people who write first: `ask` them
    for consent, or `keep` what they wrote and send nothing.
    """

    __tablename__ = "organization"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    whatsapp: Mapped[bool] = mapped_column(default=False)
    sms: Mapped[str] = mapped_column(default="off")
    strangers: Mapped[str] = mapped_column(default="ask", server_default="ask")
    language: Mapped[str] = mapped_column(default="en")
    time_zone: Mapped[str] = mapped_column(default="UTC")
    attempts: Mapped[int] = mapped_column(default=5)
    quiet_hours: Mapped[str] = mapped_column(default="21:00-08:00")
    messaging_limit: Mapped[int] = mapped_column(default=250)
    wording: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class HouseText(Base):
    """One version of a text that an organization put in place of ours; nothing: ours again.

    `version` counts the organization's changes of any text; `organization.wording` is the newest.
    """

    __tablename__ = "house_text"
    __table_args__ = (
        Index("ix_house_text_name", "organization_id", "language", "name", "version"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str]
    name: Mapped[str]
    text: Mapped[str | None]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class Sender(Base):
    """One address of an organization on one channel: `whatsapp:+…`, or `+…` for SMS.

    `templates` are ContentSids of the opt-in request by language. `per_second` limits its rate and
    `free_at` (wall) is the next moment at which it may send.
    """

    __tablename__ = "sender"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    channel: Mapped[str]
    address: Mapped[str] = mapped_column(ADDRESS, unique=True)
    templates: Mapped[dict[str, Any]] = mapped_column(default=dict)
    per_second: Mapped[float] = mapped_column(default=80.0)
    free_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Account(Base):
    """Somebody who signs in: an agent, an admin or an auditor of one organization."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    email: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Token(Base):
    """What another system signs in with. Only the SHA-256 of its secret is kept."""

    __tablename__ = "token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Contact(Base):
    """A person in an organization's contacts.

    `joined_to` is the contact that this one turned out to be; all addresses have moved there.
    """

    __tablename__ = "contact"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    joined_to: Mapped[UUID | None]
    created_at: Mapped[datetime]


class Address(Base):
    """Where a contact can be written to: an E.164 number, or a WhatsApp user id `CC.…`."""

    __tablename__ = "address"
    __table_args__ = (
        belongs_to("contact"),
        Index("uq_address_organization_id_value", "organization_id", "value", unique=True),
        Index("ix_address_contact", "organization_id", "contact_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    contact_id: Mapped[UUID]
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(ADDRESS)


class ContactWord(Base):
    """A word that a contact can be found by: of the name, or of a number, which is one word."""

    __tablename__ = "contact_word"
    __table_args__ = (
        belongs_to("contact", ondelete="CASCADE"),
        Index("ix_contact_word_contact", "organization_id", "contact_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(BY_BYTES, primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
