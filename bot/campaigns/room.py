"""How many a bulk request may ask just now, so that nobody else waits behind it."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy import Connection, Select, case, func, literal, select, text

from bot.people.senders import House
from bot.store.models import Message, Organization, Sender
from bot.store.models.conversations import BEGUN_BY_US, OUR_CONCERN, has_status

AHEAD = 2.0
"""Seconds' worth of messages that a bulk request keeps in a sender's queue, and no more: so long
an answer, or what an agent writes, may wait behind it."""

DAY = timedelta(hours=24)

LONGEST_WAIT = timedelta(hours=24)
"""How long after it was written a request is sent at most: by then it has expired."""


def in_queue(connection: Connection, sender_id: UUID) -> int:
    """How many more messages may wait at a sender, on behalf of bulk requests."""
    rate = connection.scalars(select(Sender.per_second).where(Sender.id == sender_id)).one()
    most = max(1, ceil(rate * AHEAD))
    waiting = (
        select(Message.id)
        .where(Message.sender_id == sender_id, has_status(Message.status, "queued"))
        .limit(most)
        .subquery("waiting")
    )
    return most - (connection.scalar(select(func.count()).select_from(waiting)) or 0)


def in_reach(
    connection: Connection, house: House, now: datetime
) -> tuple[int | None, datetime | None]:
    """How many more people WhatsApp lets an organization reach now; None is no limit, as for SMS.

    If that is nobody, also the moment from which it is somebody. Meta sets the limit for a whole
    business portfolio, whose numbers share it: so many users may get messages in a moving span of
    24 hours outside of the window in which they may be answered. That takes a template, so those
    to whom one was sent count, each once, whichever sender wrote and whoever asked for it, and so
    do those to whom one still waits to be sent. An address is a user. A template within the window
    counts too, and so does one that failed: rather too many than too few.
    https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits
    """
    limit = _limit(connection, house)
    if not limit:
        return None, None
    latest = _reached_lately(house.organization_id, now).limit(limit).subquery("latest")
    reached, first = connection.execute(select(func.count(), func.min(latest.c.at))).one()
    return (limit - reached, None) if reached < limit else (0, first + DAY)


def _limit(connection: Connection, house: House) -> int:
    if house.channel != "whatsapp":
        return 0
    query = select(Organization.messaging_limit).where(Organization.id == house.organization_id)
    return connection.scalars(query).one()


def _reached_lately(organization_id: UUID, now: datetime) -> Select[datetime]:
    """When each was last sent a template in the last 24 hours, the latest first."""
    waits = has_status(Message.status, *OUR_CONCERN)
    sent_at = func.coalesce(Message.sent_at, Message.created_at)
    at = case((waits, literal(now, Message.created_at.type)), else_=sent_at)
    last = func.max(at).label("at")
    return (
        select(last)
        .join(Sender, Sender.id == Message.sender_id)
        .where(Sender.organization_id == organization_id, Sender.channel == "whatsapp")
        .where(Message.created_at > now - DAY - LONGEST_WAIT, text(f"({BEGUN_BY_US})"))
        .where(Message.content_sid.is_not(None), at > now - DAY)
        .group_by(Message.to_address)
        .order_by(last.desc())
    )
