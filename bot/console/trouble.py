"""What a person should look at, as far as it is their organization's business.

Problems of the whole server are everybody's; they name nobody. Those about a message, a
conversation, a sender or a bulk request are shown to the organization that it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, delete, select

from bot.messaging import stray_reports
from bot.messaging.resolve import IN_DOUBT
from bot.store.models import Campaign, Contact, Conversation, Message, Problem, Sender, Stray
from bot.store.models.conversations import has_status

MISTAKEN = "message mistaken"
"""Told of a message by its sid, others by an id of ours."""

MOST_SHOWN = 50
MOST_STRAYS = 20


def noted(connection: Connection, organization_id: UUID) -> list[Row[*tuple[Any, ...]]]:
    """Open problems, the latest first."""
    query = select(*Problem.__table__.columns).order_by(Problem.at.desc())
    rows = connection.execute(query).all()
    ours = _ours(connection, organization_id, rows)
    return [row for row in rows if _is_everybodys(row) or row.subject in ours]


def is_any(connection: Connection, organization_id: UUID) -> bool:
    """Whether there is anything to look at."""
    in_doubt = connection.execute(_in_doubt(organization_id).limit(1)).first()
    return in_doubt is not None or bool(noted(connection, organization_id))


def dismiss(connection: Connection, organization_id: UUID, kind: str, subject: str) -> bool:
    """Take a problem off the list; whether it stood there. It comes back when it happens again."""
    standing = [(row.kind, row.subject) for row in noted(connection, organization_id)]
    if (kind, subject) not in standing:
        return False
    connection.execute(delete(Problem).where(Problem.kind == kind, Problem.subject == subject))
    if kind == stray_reports.KIND:
        stray_reports.forget(connection)
    return True


def in_doubt(connection: Connection, organization_id: UUID) -> list[Row[*tuple[Any, ...]]]:
    """Messages of which nobody knows whether they were sent, oldest first, and to whom."""
    query = _in_doubt(organization_id).order_by(Message.created_at, Message.id)
    return list(connection.execute(query.limit(MOST_SHOWN)))


def is_ours(connection: Connection, organization_id: UUID, message_id: UUID) -> bool:
    """Whether a message is the organization's."""
    query = select(Message.id).where(
        Message.organization_id == organization_id, Message.id == message_id
    )
    return connection.scalar(query) is not None


def strays(connection: Connection) -> list[dict[str, Any]]:
    """Messages that belong to no organization: when, why, and to which address of ours.

    Not from whom, nor what they say: they may be meant for somebody else's organization.
    """
    query = select(*Stray.__table__.columns).order_by(Stray.at.desc()).limit(MOST_STRAYS)
    return [
        {"sid": row.sid, "at": row.at, "reason": row.reason, "to": row.form.get("To", "")}
        for row in connection.execute(query)
    ]


def _in_doubt(organization_id: UUID) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            Message.id, Message.conversation_id, Message.status, Message.text, Message.kind,
            Message.created_at, Message.claimed_at, Contact.name,
            Message.to_address,
        )
        .join(
            Conversation,
            (Conversation.organization_id == Message.organization_id)
            & (Conversation.id == Message.conversation_id),
        )
        .join(
            Contact,
            (Contact.organization_id == Conversation.organization_id)
            & (Contact.id == Conversation.contact_id),
        )
        .where(Message.organization_id == organization_id, has_status(Message.status, *IN_DOUBT))
    )  # fmt: skip
    return query


def _ours(
    connection: Connection, organization_id: UUID, rows: Iterable[Row[Any]]
) -> set[str]:  # fmt: skip
    subjects = [row.subject for row in rows if not _is_everybodys(row)]
    if not subjects:
        return set()
    ids = [identity for subject in subjects if (identity := _identity(subject))]
    by_sid = select(Message.sid).where(
        Message.organization_id == organization_id, Message.sid.in_(subjects)
    )
    found = {str(one) for one in connection.scalars(by_sid)}
    for model in (Message, Conversation, Sender, Campaign):
        query = select(model.id).where(model.organization_id == organization_id, model.id.in_(ids))
        found.update(str(one) for one in connection.scalars(query))
    return found


def _is_everybodys(row: Row[Any]) -> bool:
    return row.kind != MISTAKEN and _identity(row.subject) is None


def _identity(subject: str) -> UUID | None:
    try:
        return UUID(subject)
    except ValueError:
        return None
