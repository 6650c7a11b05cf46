"""How the server is doing, as its admins see it: the worker, the sweep, the queue, the webhooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from bot.health import LATE
from bot.store.models import Arrival, Delivery, Heartbeat, Message, Pause, Problem
from bot.store.models.conversations import has_status


@dataclass(frozen=True, slots=True)
class Workings:
    """`worker_at`, `sweep_at` and `paused_until` are of the wall clock, the others of the other."""

    worker_at: datetime | None
    worker_late: bool
    sweep_at: datetime | None
    swept: str
    paused_until: datetime | None
    paused_because: str
    waiting: int
    heard_at: datetime | None
    reported_at: datetime | None
    refused_at: datetime | None
    refused_because: str


def workings(connection: Connection, organization_id: UUID, wall: datetime) -> Workings:
    """Look at everything once."""
    beats = {row.name: row for row in connection.execute(select(*Heartbeat.__table__.columns))}
    worker, sweep = beats.get("worker"), beats.get("sweep")
    pause = connection.execute(select(Pause.until, Pause.reason).where(Pause.until > wall)).first()
    refused = connection.execute(
        select(Problem.at, Problem.words)
        .where(Problem.kind == "webhook refused")
        .order_by(Problem.at.desc())
    ).first()
    return Workings(
        worker_at=worker.at if worker else None,
        worker_late=worker is None or wall - worker.at > LATE,
        sweep_at=sweep.at if sweep else None,
        swept=sweep.words if sweep else "",
        paused_until=pause.until if pause else None,
        paused_because=pause.reason if pause else "",
        waiting=_waiting(connection, organization_id),
        heard_at=_heard_at(connection, organization_id),
        reported_at=_reported_at(connection, organization_id),
        refused_at=refused.at if refused else None,
        refused_because=refused.words if refused else "",
    )


def _waiting(connection: Connection, organization_id: UUID) -> int:
    query = select(func.count()).where(
        Message.organization_id == organization_id, has_status(Message.status, "queued", "sending")
    )
    return connection.scalar(query) or 0


def _heard_at(connection: Connection, organization_id: UUID) -> datetime | None:
    """When a webhook last brought a message. Ids grow with time, so the newest is found at once."""
    query = (
        select(Arrival.at)
        .join(
            Message,
            (Message.organization_id == Arrival.organization_id) & (Message.sid == Arrival.sid),
        )
        .where(Message.organization_id == organization_id, Message.direction == "in")
        .where(Arrival.via == "webhook")
        .order_by(Message.id.desc())
        .limit(1)
    )
    at: datetime | None = connection.scalar(query)
    return at


def _reported_at(connection: Connection, organization_id: UUID) -> datetime | None:
    """When a webhook last reported what became of a message."""
    query = select(Delivery.at).where(Delivery.organization_id == organization_id)
    at: datetime | None = connection.scalar(query.order_by(Delivery.id.desc()).limit(1))
    return at
