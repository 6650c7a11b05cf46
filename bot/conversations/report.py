"""What became of requests: who was asked in a period, and how it went, as far as is known now.

One pass over the requests of the period and the ledger entries after each. A conversation that was
asked twice counts once, from its first request in the period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, BigInteger, Connection, Select, and_, case, cast, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute

from bot.store.models import Entry, Message
from flows import FLOWS

YES = ("consent.given", "consent.renewed")
NO = ("consent.refused", "consent.withdrawn")
ENDS = {
    "consent.requested": 0,
    "consent.deferred": 1,
    "request.unreachable": 2,
    "request.undelivered": 3,
    "consent.imported": 4,
}
"""Entries after which nobody has answered, by a number of one digit."""

OUTCOMES = ("waiting", "silent", "absent", "lost", "brought", "in", "out")
"""How a request ended; those without an answer by the numbers of `ENDS`."""

SLOTS = (60, 300, 1800, 7200, 21600, 43200, 86400)
"""Bounds, in seconds, within which answers are counted; what is later falls into one slot more."""

ARRIVED = ("delivered", "read")

ASKING = sorted(
    action.name
    for flow in FLOWS.values()
    if flow.policy == "consent"
    for row in flow.rows
    for action in row.do
    if action.kind == "request"
)
"""The texts that ask for consent. Telling somebody who writes is not asking."""

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Period:
    """From when (included) until when (not included); `shift` seconds are local time minus UTC.

    `exact_ids`: the ids of messages tell when they were made. A simulation moves its clock, and
    they do not follow.
    """

    since: datetime
    until: datetime
    shift: int = 0
    exact_ids: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """How many requests of a sender had this outcome, were answered on this day, in this slot.

    `arrived` of them are known to have been delivered, `returned` said yes and withdrew it later.
    `day` counts days since 1970, local time; it and `slot` are None where nobody answered.
    """

    sender_id: UUID
    outcome: str
    day: int | None
    slot: int | None
    count: int
    arrived: int
    withdrawn: int


def cells(connection: Connection, organization_id: UUID, period: Period) -> list[Cell]:
    """All that is known about the requests of a period, counted: every figure is a sum of these."""
    ended = _ended(organization_id, period)
    answered_at = func.coalesce(_yes_first(ended), ended.c.no_at)
    local = _seconds(answered_at) + period.shift
    outcome = case(
        (_yes_first(ended).is_not(None), OUTCOMES.index("in")),
        (ended.c.no_at.is_not(None), OUTCOMES.index("out")),
        else_=ended.c.last,
    )
    withdrawn = case((and_(_yes_first(ended).is_not(None), ended.c.no_at.is_not(None)), 1), else_=0)
    keys = (
        ended.c.sender_id,
        outcome.label("outcome"),
        (local // DAY).label("day"),
        _slot(_seconds(answered_at) - _seconds(ended.c.asked_at)).label("slot"),
    )
    query: Select[Any] = select(
        *keys, func.count(), func.sum(ended.c.arrived), func.sum(withdrawn)
    ).group_by(*(key.name if key is not keys[0] else key for key in keys))
    return [_cell(row) for row in connection.execute(query)]


def median(
    connection: Connection, organization_id: UUID, period: Period, answered: int
) -> float | None:
    """The seconds within which half of the answers came; None when there are none."""
    if not answered:
        return None
    ended = _ended(organization_id, period)
    answered_at = func.coalesce(_yes_first(ended), ended.c.no_at)
    seconds = _seconds(answered_at) - _seconds(ended.c.asked_at)
    query = select(seconds).where(answered_at.is_not(None)).order_by(seconds)
    found = connection.scalar(query.limit(1).offset((answered - 1) // 2))
    return None if found is None else float(found)


def _cell(row: Sequence[Any]) -> Cell:
    sender_id, outcome, day, slot, *counts = row
    return Cell(sender_id, OUTCOMES[outcome], day, slot, *(int(count) for count in counts))


def _requests(organization_id: UUID, period: Period) -> CTE:
    """Each conversation that was asked in the period: when first, and whether that arrived."""
    arrived = case((Message.status.in_(ARRIVED), 1), else_=0)
    query = (
        select(
            Message.conversation_id, Message.sender_id,
            func.min(Message.created_at).label("asked_at"), func.max(arrived).label("arrived"),
        )
        .where(Message.organization_id == organization_id, Message.request)
        .where(Message.created_at >= period.since, Message.created_at < period.until)
        .where(Message.kind.in_(ASKING))
        .group_by(Message.conversation_id, Message.sender_id)
    )  # fmt: skip
    if period.exact_ids:
        query = query.where(_made_from(Message.id, period.since, period.until))
    return query.cte("asked")


def _made_from(column: InstrumentedAttribute[UUID], since: datetime, until: datetime) -> Any:
    """Ids begin with the moment at which they were made, and are the key: no index more is needed.

    A minute to both sides, since the clock is read a little before or after.
    """
    first, last = _millisecond(since) - 60_000, _millisecond(until) + 60_000
    return column.between(UUID(int=max(first, 0) << 80), UUID(int=last << 80))


def _millisecond(at: datetime) -> int:
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def _ended(organization_id: UUID, period: Period) -> CTE:
    """Each of those, with the first yes, the first no, and what came last if nobody answered."""
    asked = _requests(organization_id, period)
    after = and_(
        Entry.organization_id == organization_id,
        Entry.conversation_id == asked.c.conversation_id,
        Entry.at >= asked.c.asked_at,
        Entry.kind.in_([*YES, *NO, *ENDS]),
    )
    last = case(ENDS, value=Entry.kind)
    return (
        select(
            *asked.c,
            func.min(case((Entry.kind.in_(YES), Entry.at))).label("yes_at"),
            func.min(case((Entry.kind.in_(NO), Entry.at))).label("no_at"),
            # The highest sequence number wins, and its last digit says what it was.
            (func.coalesce(func.max(Entry.seq * 10 + last), 0) % 10).label("last"),
        )
        .outerjoin(Entry, after)
        .group_by(*asked.c)
        .cte("ended")
    )


def _yes_first(ended: CTE) -> Any:
    """When they said yes, if that was their first answer."""
    before = ended.c.no_at.is_(None) | (ended.c.yes_at <= ended.c.no_at)
    return case((before, ended.c.yes_at))


def _seconds(moment: Any) -> Any:
    return cast(extract("epoch", moment), BigInteger)


def _slot(seconds: Any) -> Any:
    bounds = [(seconds <= bound, place) for place, bound in enumerate(SLOTS)]
    return case((seconds.is_(None), None), *bounds, else_=len(SLOTS))
