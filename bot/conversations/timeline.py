"""A conversation as the agent reads it: what was said, and the notices between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, select

from bot.conversations import attachments
from bot.conversations.held import Key
from bot.store.models import Message, Notice


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a notice, or a message in or out with what became of it."""

    seq: int
    at: datetime
    kind: Literal["notice", "in", "out"]
    code: str
    text: str
    status: str | None = None
    error: str | None = None
    error_code: int | None = None
    media: list[dict[str, Any]] | None = None


def lines(
    connection: Connection, conversation: Key, after: int = 0, limit: int = 200
) -> list[Line]:
    """Up to `limit` lines after the line numbered `after`, in order."""
    organization_id, conversation_id = conversation
    said = connection.execute(
        select(*Message.__table__.columns)
        .where(Message.organization_id == organization_id)
        .where(Message.conversation_id == conversation_id, Message.seq > after)
        .order_by(Message.seq)
        .limit(limit)
    )
    told = connection.execute(
        select(*Notice.__table__.columns)
        .where(Notice.organization_id == organization_id)
        .where(Notice.conversation_id == conversation_id, Notice.seq > after)
        .order_by(Notice.seq)
        .limit(limit)
    )
    all_lines = [*(message_line(row) for row in said), *(_notice_line(row) for row in told)]
    found = sorted(all_lines, key=lambda line: line.seq)[:limit]
    return _with_files(connection, organization_id, found)


def message(connection: Connection, key: Key) -> Line:
    """One message as a line. Raises `NoResultFound` when there is none."""
    query = select(*Message.__table__.columns).where(
        Message.organization_id == key[0], Message.id == key[1]
    )
    return message_line(connection.execute(query).one())


def message_line(row: Row[Any]) -> Line:
    """A message's row as a line."""
    return Line(
        seq=row.seq,
        at=row.created_at,
        kind=row.direction,
        code=row.kind,
        text=row.text,
        status=row.status,
        error=row.error,
        error_code=row.error_code,
        media=row.media,
    )


def _with_files(connection: Connection, organization_id: UUID, found: list[Line]) -> list[Line]:
    """The same lines, which say of files of ours what is known for good and whether they are kept.

    Nothing is asked where there are none.
    """
    ids = [one["attachment"] for line in found for one in line.media or () if "attachment" in one]
    if not ids:
        return found
    known = attachments.described(connection, organization_id, [UUID(one) for one in ids])
    return [
        replace(line, media=[one | known.get(one.get("attachment", ""), {}) for one in line.media])
        if line.media else line
        for line in found
    ]  # fmt: skip


def _notice_line(row: Row[Any]) -> Line:
    return Line(seq=row.seq, at=row.at, kind="notice", code=row.code, text=row.text)
