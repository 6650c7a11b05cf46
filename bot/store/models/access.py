"""Who is in: sessions of those who signed in, links and codes that let in once, and how often.

All moments are of the wall clock: a simulated day must sign nobody out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.columns import new_id
from bot.store.models.base import Base


class Session(Base):
    """Somebody who has signed in, in one browser. Only the SHA-256 of the cookie is kept.

    `awaits` is what is missing before it opens anything, `messages` what the next page says once.
    """

    __tablename__ = "session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[str] = mapped_column(unique=True)
    awaits: Mapped[str | None]
    user_agent: Mapped[str]
    ip_digest: Mapped[str]
    messages: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OneTimeLink(Base):
    """A link that signs somebody in once. Only the SHA-256 of what stands in it is kept."""

    __tablename__ = "one_time_link"

    digest: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]


class SecondStep(Base):
    """That somebody shows a code of their phone after the password.

    The secret itself is kept nowhere: it is derived from `salt` and the server's SECRET_KEY.
    `last_step` is the time step of the last code taken, so that none is taken twice; `recovery`
    holds the SHA-256 of each code that stands in for a lost phone.
    """

    __tablename__ = "second_step"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    salt: Mapped[str]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    recovery: Mapped[list[Any]] = mapped_column(default=list)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Bucket(Base):
    """How many tries are left to somebody, or to one address of the network."""

    __tablename__ = "bucket"

    name: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float]
    at: Mapped[datetime] = mapped_column(index=True)
