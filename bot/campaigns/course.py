"""The course of bulk requests: which there are, and letting each pause, go on or end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select, update

from bot.campaigns.progress import their_conversation
from bot.conversations.held import Key
from bot.people.mistakes import Mistake
from bot.store.models import Campaign, Conversation, Invitation, Sender

PAGE = 500

MAY = {
    "pause": ("running",),
    "resume": ("paused",),
    "cancel": ("preparing", "running", "paused"),
}
"""What may be done to a campaign, and with which status."""

STATUSES = ("asked", "waiting", "refused", "failed", "cancelled")
"""What becomes of the contacts of a campaign."""

BECOMES = {"pause": "paused", "resume": "running", "cancel": "cancelled"}


def everyone(
    connection: Connection, organization_id: UUID | None = None, limit: int = 200,
    before: UUID | None = None,
) -> list[Row[Any]]:  # fmt: skip
    """The newest campaigns of one organization or of all, each with its sender.

    `before` is a campaign (id) that all of them are older than.
    """
    query = _campaigns().order_by(Campaign.id.desc()).limit(limit)
    if organization_id:
        query = query.where(Campaign.organization_id == organization_id)
    if before:
        query = query.where(Campaign.id < before)
    return list(connection.execute(query))


def find(
    connection: Connection, campaign_id: UUID, organization_id: UUID | None = None
) -> Row[Any]:
    """A campaign. Raises `Mistake` when there is none, or it is another organization's."""
    query = _campaigns().where(Campaign.id == campaign_id)
    if organization_id:
        query = query.where(Campaign.organization_id == organization_id)
    row = connection.execute(query).first()
    if row is None:
        raise Mistake(f"There is no bulk request {campaign_id}. See: flask bulk list")
    return row


def may(status: str) -> list[str]:
    """What may be done to a campaign with this status."""
    return [deed for deed, statuses in MAY.items() if status in statuses]


def do(connection: Connection, campaign: Key, deed: str, now: datetime) -> None:
    """Let a campaign `pause`, `resume` or be done with (`cancel`). Raises `Mistake`.

    Whoever is asked at this moment is asked; after it commits nobody is.
    """
    this = Campaign.organization_id == campaign[0], Campaign.id == campaign[1]
    query = select(Campaign.status).where(*this)
    status = connection.scalar(query.with_for_update())
    if status not in MAY[deed]:
        raise Mistake(f"A bulk request that is {status} cannot be {_participle(deed)}.")
    ends = {"ended_at": now} if deed == "cancel" else {}
    connection.execute(
        update(Campaign)
        .where(*this)
        .values(status=BECOMES[deed], due_at=now, obstacle=None, **ends)
    )
    # Who waits for a moment is looked at anew: quiet hours may have been changed meanwhile.
    left = {"due_at": now} if deed == "resume" else {"status": "cancelled", "at": now}
    if deed != "pause":
        waiting = update(Invitation).where(*_of(campaign), Invitation.status == "waiting")
        connection.execute(waiting.values(reason=None, **left))


def rows(connection: Connection, campaign: Key) -> Iterator[Row[Any]]:
    """Every contact of a campaign, in order, with the state of the conversation by now."""
    last = 0
    while page := _page(connection, campaign, last):
        yield from page
        last = page[-1].place


def first_rows(connection: Connection, campaign: Key, statuses: Sequence[str]) -> list[Row[Any]]:
    """The first contacts of a campaign with one of these statuses."""
    query = _rows(campaign).where(Invitation.status.in_(statuses))
    return list(connection.execute(query.limit(PAGE)))


def _page(connection: Connection, campaign: Key, last: int) -> Sequence[Row[Any]]:
    return connection.execute(_rows(campaign).where(Invitation.place > last).limit(PAGE)).all()


def _rows(campaign: Key) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Invitation.place, Invitation.name, Invitation.address, Invitation.status,
            Invitation.reason, Invitation.words, Invitation.due_at, Invitation.at,
            Invitation.conversation_id, Conversation.state,
        )
        .outerjoin(Conversation, their_conversation())
        .where(*_of(campaign))
        .order_by(Invitation.place)
    )  # fmt: skip


def _of(campaign: Key) -> tuple[Any, Any]:
    return Invitation.organization_id == campaign[0], Invitation.campaign_id == campaign[1]


def _campaigns() -> Select[Any]:
    return select(*Campaign.__table__.columns, Sender.address.label("sender"), Sender.channel).join(
        Sender, Sender.id == Campaign.sender_id
    )


def _participle(deed: str) -> str:
    return {"pause": "paused", "resume": "resumed", "cancel": "cancelled"}[deed]
