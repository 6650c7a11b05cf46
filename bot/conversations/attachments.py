"""Files that an agent sends along: known by their bytes, kept, and found again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from bot.conversations.held import Key
from bot.people.mistakes import Mistake
from bot.store.columns import new_id
from bot.store.models import Attachment

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
            name=file.name, type=file.type, content=file.content, created_at=now,
        )
    )  # fmt: skip
    return {"attachment": str(attachment_id), "type": file.type, "name": file.name}


def find(connection: Connection, key: Key) -> File | None:
    """A file that was kept; None when there is none, or it is another organization's."""
    organization_id, attachment_id = key
    query = select(Attachment.name, Attachment.type, Attachment.content).where(
        Attachment.organization_id == organization_id, Attachment.id == attachment_id
    )
    row = connection.execute(query).first()
    return File(row.name, row.type, bytes(row.content)) if row else None


def _kind_of(content: bytes) -> str | None:
    for place, beginning, kind in BEGINNINGS:
        if content.startswith(beginning, place):
            return kind
    return None
