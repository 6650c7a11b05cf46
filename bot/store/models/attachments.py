"""Files that agents send along with a message."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.columns import new_id
from bot.store.models.base import Base, belongs_to


class Attachment(Base):
    """A file as it was sent: `type` is what its bytes are, `name` what its owner calls it."""

    __tablename__ = "attachment"
    __table_args__ = (belongs_to("conversation"),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID]
    name: Mapped[str]
    type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
