"""How far bulk requests have come: one, or a page of them at the same number of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from bot.conversations.held import Key
from bot.store.among import among_theirs
from bot.store.models import Conversation, Invitation

CAMPAIGN = (Invitation.organization_id, Invitation.campaign_id)


@dataclass(slots=True)
class Progress:
    """How many of a campaign's contacts are in each status, for which reason, and what they said.

    `states` counts the conversations of those who were asked; `next_at` is when the next waits to
    be asked.
    """

    statuses: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    next_at: datetime | None = None

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.statuses.values())


def progress_of(connection: Connection, campaign: Key) -> Progress:
    """How far a campaign has come."""
    return progress_of_each(connection, [campaign])[campaign]


def progress_of_each(connection: Connection, campaigns: Collection[Key]) -> dict[Key, Progress]:
    """How far each of these campaigns has come: two statements, however many they are."""
    found = {campaign: Progress() for campaign in campaigns}
    if not campaigns:
        return found
    for row in sorted(_counted(connection, campaigns), key=lambda row: row.reason or ""):
        _add(found[row.organization_id, row.campaign_id], row)
    for row in _heard(connection, campaigns):
        found[row.organization_id, row.campaign_id].states[row.state] = row.number
    return found


def their_conversation() -> ColumnElement[bool]:
    """The conversation in which a contact of a campaign was asked."""
    return (Conversation.organization_id == Invitation.organization_id) & (
        Conversation.id == Invitation.conversation_id
    )


def _add(progress: Progress, row: Any) -> None:
    statuses, reasons = progress.statuses, progress.reasons
    statuses[row.status] = statuses.get(row.status, 0) + row.number
    if row.reason:
        reasons[row.reason] = reasons.get(row.reason, 0) + row.number
    if row.status == "waiting":
        progress.next_at = min(filter(None, (progress.next_at, row.due_at)), default=None)


def _counted(connection: Connection, campaigns: Collection[Key]) -> Sequence[Any]:
    columns = (*CAMPAIGN, Invitation.status, Invitation.reason)
    due_at = func.min(Invitation.due_at).label("due_at")
    query = select(*columns, func.count().label("number"), due_at)
    query = query.where(among_theirs(connection, Invitation.campaign_id, campaigns))
    return connection.execute(query.group_by(*columns)).all()


def _heard(connection: Connection, campaigns: Collection[Key]) -> Sequence[Any]:
    columns = (*CAMPAIGN, Conversation.state)
    query = select(*columns, func.count().label("number")).select_from(Invitation)
    query = query.join(Conversation, their_conversation())
    query = query.where(among_theirs(connection, Invitation.campaign_id, campaigns))
    query = query.where(Invitation.status == "asked")
    return connection.execute(query.group_by(*columns)).all()
