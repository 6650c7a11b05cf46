"""Files that an agent sends along: known by their bytes, kept, found again, and forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, exists, insert, select, tuple_, update

from bot.conversations.held import Key
from bot.people.mistakes import Mistake
from bot.store.among import among
from bot.store.columns import new_id
from bot.store.models import Attachment, Message
from bot.store.models.conversations import OUR_CONCERN, has_status

MEGABYTE = 1_000_000
LARGEST_PICTURE = 5 * MEGABYTE
LARGEST = 16 * MEGABYTE
"""Bytes that WhatsApp takes: https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages"""

BEGINNINGS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
)
"""Where in a file which bytes stand, and what it then is; nobody's word for it is believed."""

TYPES = sorted({kind for _, _, kind in BEGINNINGS})
LONGEST_NAME = 120
KINDS = "a picture (JPEG, PNG, WebP), a PDF, a sound or a film (MP4)"


@dataclass(frozen=True, slots=True)
class File:
    """A file: its name, what it is, and its bytes."""

    name: str
    type: str
    content: bytes

    @property
    def is_picture(self) -> bool:
        """Whether WhatsApp shows a text beneath it, as it does with nothing else."""
        return self.type.startswith("image/")


class Forgotten(Mistake):
    """The bytes of a file are no longer kept; the message says which, and since when."""


def read_file(name: str, content: bytes) -> File:
    """Look at what somebody wants to send. Raises `Mistake` when WhatsApp would not take it."""
    if not content:
        raise Mistake("The file is empty.")
    kind = _kind_of(content)
    if kind is None:
        raise Mistake(f"WhatsApp does not take this kind of file. Send {KINDS}.")
    most = LARGEST_PICTURE if kind.startswith("image/") else LARGEST
    if len(content) > most:
        raise Mistake(f"The file is too large: WhatsApp takes {most // MEGABYTE} MB of this kind.")
    plain = "".join(sign for sign in name.replace("\\", "/").split("/")[-1] if sign.isprintable())
    return File(plain.strip()[-LONGEST_NAME:] or "file", kind, content)


def keep(connection: Connection, conversation: Key, file: File, now: datetime) -> dict[str, str]:
    """Keep a file for a message of this conversation; gives back what the message says of it."""
    organization_id, conversation_id = conversation
    attachment_id = new_id()
    connection.execute(
        insert(Attachment).values(
            organization_id=organization_id, id=attachment_id, conversation_id=conversation_id,
            name=file.name, type=file.type, content=file.content, size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(), created_at=now,
        )
    )  # fmt: skip
    return {"attachment": str(attachment_id), "type": file.type, "name": file.name}


def find(connection: Connection, key: Key) -> File | None:
    """A file that was kept; None when there is none, or it is another organization's.

    Raises `Forgotten` when nothing but its description is left.
    """
    organization_id, attachment_id = key
    query = select(
        Attachment.name, Attachment.type, Attachment.content, Attachment.forgotten_at
    ).where(Attachment.organization_id == organization_id, Attachment.id == attachment_id)
    row = connection.execute(query).first()
    if row and row.forgotten_at:
        raise Forgotten(f"{row.name} is no longer kept, since {row.forgotten_at:%Y-%m-%d}.")
    return File(row.name, row.type, bytes(row.content)) if row else None


def described(
    connection: Connection, organization_id: UUID, ids: Collection[UUID]
) -> dict[str, dict[str, Any]]:
    """What is known of files for good, by id: `{"size", "sha256", "kept"}` each."""
    query = select(
        Attachment.id, Attachment.size, Attachment.sha256, Attachment.forgotten_at
    ).where(Attachment.organization_id == organization_id, among(connection, Attachment.id, ids))
    return {
        str(row.id): {"size": row.size, "sha256": row.sha256, "kept": row.forgotten_at is None}
        for row in connection.execute(query)
    }


def forget(connection: Connection, before: datetime, now: datetime, limit: int) -> int:
    """Forget the bytes of up to `limit` files kept before a moment; gives back how many.

    Those of a conversation in which a message may yet have to be sent stay.
    """
    waiting = exists().where(
        Message.organization_id == Attachment.organization_id,
        Message.conversation_id == Attachment.conversation_id,
        has_status(Message.status, *OUR_CONCERN),
    )
    old = (
        select(Attachment.organization_id, Attachment.id)
        .where(Attachment.forgotten_at.is_(None), Attachment.created_at < before, ~waiting)
        .order_by(Attachment.created_at)
        .limit(limit)
    )
    forgotten = connection.execute(
        update(Attachment)
        .where(tuple_(Attachment.organization_id, Attachment.id).in_(old))
        .values(content=b"", forgotten_at=now)
    )
    return forgotten.rowcount


def _kind_of(content: bytes) -> str | None:
    for place, beginning, kind in BEGINNINGS:
        if content.startswith(beginning, place):
            return kind
    return None
