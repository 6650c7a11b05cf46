"""Files that agents send along with a message."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.columns import new_id
from bot.store.models.base import Base, belongs_to


class Attachment(Base):
    """A file as it was sent: `type` is what its bytes are, `name` what its owner calls it.

    `size` counts its bytes, `sha256` is their hash in hex. `forgotten_at` is when the bytes were
    forgotten, since when `content` is empty; all else stays.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        belongs_to("conversation"),
        Index(
            "ix_attachment_kept", "created_at",
            postgresql_where=text("forgotten_at IS NULL"),
            sqlite_where=text("forgotten_at IS NULL"),
        ),
    )  # fmt: skip

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID]
    name: Mapped[str]
    type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    sha256: Mapped[str]
    forgotten_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
