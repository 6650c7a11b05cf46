"""What the agent is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from bot.store.models.base import Base, belongs_to


class Notice(Base):
    """A line in the agent's timeline that the contact never sees."""

    __tablename__ = "notice"
    __table_args__ = (belongs_to("conversation"),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
