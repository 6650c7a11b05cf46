"""The next bit of a sender's bulk requests, in a transaction of whoever calls.

Each contact is asked in the commit in which it is marked as asked: whatever is killed, paused or
resumed, nobody is asked twice. The organization is locked by whoever asks for it, so that one
worker alone looks at the queue and at the provider's limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select, update

from bot.campaigns import room
from bot.conversations import engine
from bot.conversations.actions import Refusal
from bot.conversations.engine import Request
from bot.people import joining, newcomers, senders
from bot.people.senders import House
from bot.store.bulk import update_all
from bot.store.models import Campaign, Invitation, Organization, Sender
from bot.store.models.campaigns import is_status

BATCH = 200
"""Contacts that are asked in one transaction: webhooks wait no longer than for it."""

KEY = ("organization_id", "campaign_id", "place")

LOOK_AGAIN = timedelta(minutes=1)
"""How often an organization that has reached all it may is looked at: its limit may be raised."""


def ask_next(
    connection: Connection, sender_id: UUID, now: datetime, limit: int = BATCH
) -> list[Row[Any]]:
    """Ask up to `limit` contacts from a sender, as many as there is room for; who they were."""
    if not _is_ours(connection, sender_id):
        return []
    house = senders.by_id(connection, sender_id)
    reach, again_at = room.in_reach(connection, house, now)
    if again_at:
        _wait(connection, sender_id, "messaging_limit", min(again_at, now + LOOK_AGAIN))
        return []
    places = min(limit, room.in_queue(connection, sender_id), reach if reach else limit)
    if places <= 0:
        return []
    ours = running(sender_id, now).with_for_update(skip_locked=True)
    for campaign in connection.execute(ours).all():
        rows = connection.execute(next_of(campaign, now, places)).all()
        if rows:
            _ask(connection, house, campaign, rows, now)
            return list(rows)
        _rest(connection, campaign, now)
    return []


def _is_ours(connection: Connection, sender_id: UUID) -> bool:
    """Lock the organization of a sender against other workers, unless one of them has it.

    Rows that refer to it can be written meanwhile: webhooks and agents wait for nobody here.
    """
    owner = select(Organization.id).join(Sender).where(Sender.id == sender_id)
    mine = owner.with_for_update(of=Organization, key_share=True, skip_locked=True)
    return connection.scalar(mine) is not None


def running(sender_id: UUID, now: datetime) -> Select[Any]:
    """The campaigns of a sender that have somebody to ask now, the oldest first."""
    return (
        select(*Campaign.__table__.columns)
        .where(Campaign.sender_id == sender_id, is_status(Campaign.status, "running"))
        .where(Campaign.due_at <= now)
        .order_by(Campaign.id)
    )


def next_of(campaign: Row[Any], now: datetime, limit: int) -> Select[Any]:
    """The contacts of a campaign that are asked next."""
    return (
        select(*Invitation.__table__.columns)
        .where(*_waiting(campaign), Invitation.due_at <= now)
        .order_by(Invitation.due_at, Invitation.place)
        .limit(limit)
    )


def _ask(
    connection: Connection, house: House, campaign: Row[Any], rows: Sequence[Row[Any]],
    now: datetime,
) -> None:  # fmt: skip
    addresses = [row.address for row in rows]
    owners = joining.owners_of(connection, campaign.organization_id, addresses)
    opened = newcomers.open_conversations(connection, house, owners, now) if owners else {}
    requests = [
        Request((house.organization_id, key), campaign.asked_by, campaign.basis, campaign.id)
        for key in opened.values()
    ]
    if house.channel == "sms" and house.sms == "off":
        answers: list[Refusal | None] = [Refusal("sms_disabled")] * len(requests)
    else:
        answers = engine.start(connection, requests, now)
    refusals = dict(zip(opened, answers, strict=True))
    gone = Refusal("not_found")
    update_all(
        connection, Invitation,
        [
            _marked(row, opened.get(row.address), refusals.get(row.address, gone), now)
            if row.address in opened else _marked(row, None, gone, now)
            for row in rows
        ],
        keys=KEY,
    )  # fmt: skip
    update_all(connection, Campaign, [_named(campaign) | {"obstacle": None}])


def _marked(
    row: Row[Any], conversation_id: UUID | None, refusal: Refusal | None, now: datetime
) -> dict[str, Any]:
    """What became of a contact: asked, refused, or left to wait for another hour."""
    later = refusal is not None and refusal.reason == "quiet_hours"
    status = "asked" if refusal is None else "waiting" if later else "refused"
    return {
        **{name: getattr(row, name) for name in KEY},
        "conversation_id": conversation_id,
        "status": status,
        "reason": refusal.reason if refusal else None,
        "due_at": refusal.allowed_at if refusal and later else None,
        "at": None if later else now,
    }


def _rest(connection: Connection, campaign: Row[Any], now: datetime) -> None:
    """Nobody can be asked now: come back when somebody can, or be done."""
    due = connection.execute(
        select(Invitation.due_at, Invitation.reason)
        .where(*_waiting(campaign))
        .order_by(Invitation.due_at)
        .limit(1)
    ).first()
    ends = {"status": "done", "obstacle": None, "due_at": now, "ended_at": now}
    waits = {"obstacle": due.reason, "due_at": due.due_at} if due else ends
    update_all(connection, Campaign, [_named(campaign) | waits])


def _wait(connection: Connection, sender_id: UUID, obstacle: str, until: datetime) -> None:
    connection.execute(
        update(Campaign)
        .where(Campaign.sender_id == sender_id, is_status(Campaign.status, "running"))
        .values(obstacle=obstacle, due_at=until)
    )


def _waiting(campaign: Row[Any]) -> tuple[Any, Any, Any]:
    return (
        Invitation.organization_id == campaign.organization_id,
        Invitation.campaign_id == campaign.id,
        is_status(Invitation.status, "waiting"),
    )


def _named(campaign: Row[Any]) -> dict[str, Any]:
    return {"organization_id": campaign.organization_id, "id": campaign.id}
