"""What became of requests for consent in a period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import AwareDatetime, BaseModel, Field, field_validator

from bot.api.calls import Call, Calls
from bot.api.given import Given
from bot.api.problem import Problem, rfc3339
from bot.conversations import report
from bot.conversations.figures import Figures, by_day, by_sender, by_slot
from bot.conversations.report import SLOTS, Period

MONTH = timedelta(days=30)
EPOCH = date(1970, 1, 1)
LAST_YEAR = 2200


class ReportPeriod(Given):
    """From when until when, as days or moments; without them the last 30 days."""

    since: AwareDatetime | date | None = Field(None, alias="from")
    until: AwareDatetime | date | None = Field(None, alias="to", description="not included")

    @field_validator("since", "until")
    @classmethod
    def _of_this_age(cls, given: datetime | date | None) -> datetime | date | None:
        if given is not None and not EPOCH.year <= given.year < LAST_YEAR:
            raise ValueError(f"give a year from {EPOCH.year} to {LAST_YEAR - 1}")
        return given


class FunnelOut(BaseModel):
    """Conversations by what became of their request. `in` and `out` are first answers.

    `imported` had not answered when a consent that they had given elsewhere was brought in.
    """

    asked: int
    delivered: int
    answered: int
    opted_in: int = Field(alias="in")
    opted_out: int = Field(alias="out")
    silent: int
    waiting: int
    imported: int
    unreachable: int
    undelivered: int
    withdrawn: int


class SlotOut(BaseModel):
    """How many answered within so many seconds and not sooner; null: any later."""

    up_to_seconds: int | None
    answered: int


class TimeToAnswerOut(BaseModel):
    """How long answers took."""

    median_seconds: float | None
    slots: list[SlotOut]


class ReportOut(FunnelOut):
    """The funnel, how long answers took, and both by sender and by day (UTC)."""

    since: str = Field(alias="from")
    until: str = Field(alias="to")
    time_to_answer: TimeToAnswerOut
    senders: dict[str, FunnelOut]
    days: dict[str, FunnelOut]


def add_to(blueprint: APIBlueprint, calls: Calls, *, exact_ids: bool) -> None:
    """Add this call to the API. `exact_ids`: no simulation moves the clock."""

    @blueprint.get("/report")
    @blueprint.input(ReportPeriod, location="query")
    @blueprint.output(ReportOut)
    @blueprint.doc(responses={422: "a period that ends before it begins"})
    def show_report(query_data: ReportPeriod) -> Response:
        """What became of requests for consent."""
        return calls.read(lambda call: _report(call, query_data, exact_ids))


def _report(call: Call, asked: ReportPeriod, exact_ids: bool) -> dict[str, Any]:
    until = _moment(asked.until) or call.now
    since = _moment(asked.since) or until - MONTH
    if since >= until:
        raise Problem(422, "invalid", "The period ends before it begins.")
    period = Period(since, until, exact_ids=exact_ids)
    organization_id = call.caller.organization_id
    cells = report.cells(call.connection, organization_id, period)
    whole = Figures.of(cells)
    median = report.median(call.connection, organization_id, period, whole.answered)
    return {
        "from": rfc3339(since),
        "to": rfc3339(until),
        **funnel(whole),
        "time_to_answer": {"median_seconds": median, "slots": _slots(by_slot(cells))},
        "senders": {str(sender): funnel(one) for sender, one in by_sender(cells).items()},
        "days": {
            (EPOCH + timedelta(days=day)).isoformat(): funnel(one)
            for day, one in by_day(cells).items()
        },
    }


def funnel(figures: Figures) -> dict[str, int]:
    """Figures by the names of the API."""
    return {
        "asked": figures.asked,
        "delivered": figures.arrived,
        "answered": figures.answered,
        "in": figures.said_yes,
        "out": figures.said_no,
        "silent": figures.silent,
        "waiting": figures.waiting,
        "imported": figures.brought,
        "unreachable": figures.absent,
        "undelivered": figures.lost,
        "withdrawn": figures.withdrawn,
    }


def _slots(slots: list[Figures]) -> list[dict[str, int | None]]:
    bounds = [*SLOTS, None]
    return [
        {"up_to_seconds": bound, "answered": one.answered}
        for bound, one in zip(bounds, slots, strict=True)
    ]


def _moment(given: datetime | date | None) -> datetime | None:
    if given is None:
        return None
    if isinstance(given, datetime):
        return given.astimezone(UTC)
    return datetime(given.year, given.month, given.day, tzinfo=UTC)
