"""The report: what became of requests, drawn, in a table, and as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from bot.console.chart import BARS_HEIGHT, BARS_WIDTH, Part, bars, percent, stream
from bot.console.desk import Desk, Visit
from bot.console.spans import span
from bot.console.spreadsheet import as_csv
from bot.console.zones import zone_of
from bot.conversations import report
from bot.conversations.figures import Figures, by_day, by_sender, by_slot
from bot.conversations.report import SLOTS, Cell, Period
from bot.people import organizations

DAYS = 30
MOST_DAYS = 366
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a report, both included, in the time zone of whoever reads it."""

    first: date
    last: date
    zone: ZoneInfo

    def period(self, *, exact_ids: bool) -> Period:
        """The same from moment to moment."""
        since, until = self._start(self.first), self._start(self.last + timedelta(days=1))
        shift = until.utcoffset() or timedelta()
        return Period(
            since.astimezone(UTC), until.astimezone(UTC), int(shift.total_seconds()), exact_ids
        )

    def _start(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add the report."""

    @blueprint.get("/report", endpoint="report")
    def show() -> ResponseReturnValue:
        """Show the report of a number of days."""
        return desk.read(lambda visit: _show(desk, visit))

    @blueprint.get("/report.csv", endpoint="report_csv")
    def download() -> ResponseReturnValue:
        """Give out the same figures as CSV."""
        return desk.read(lambda visit: _csv(desk, visit))


def _days(visit: Visit) -> Days:
    zone = ZoneInfo(zone_of(visit.member))
    today = visit.now.astimezone(zone).date()
    last = min(_read_day(request.args.get("to", "")) or today, today)
    first = _read_day(request.args.get("from", "")) or last - timedelta(days=DAYS - 1)
    return Days(max(min(first, last), last - timedelta(days=MOST_DAYS)), last, zone)


def _read_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Before it nothing was asked, and days would be counted back to where no calendar goes.
    return max(day, EPOCH)


def _cells(visit: Visit, period: Period) -> list[Cell]:
    return report.cells(visit.connection, visit.member.organization_id, period)


def _period(desk: Desk, days: Days) -> Period:
    return days.period(exact_ids=not desk.runtime.settings.simulator)


def _show(desk: Desk, visit: Visit) -> ResponseReturnValue:
    days = _days(visit)
    period = _period(desk, days)
    cells = _cells(visit, period)
    whole = Figures.of(cells)
    half = report.median(
        visit.connection, visit.member.organization_id, period, whole.answered
    )  # fmt: skip
    return desk.page(
        "report.html", days=days, whole=whole, stream=stream(_parts(whole)), percent=percent,
        half=None if half is None else span(timedelta(seconds=half)),
        by_day=bars(_day_columns(days, cells)), by_slot=bars(_slot_columns(cells), labels=8),
        senders=_senders(visit, cells), bars_width=BARS_WIDTH, bars_height=BARS_HEIGHT,
    )  # fmt: skip


def _parts(whole: Figures) -> list[Part]:
    return [
        Part("asked", "Asked", whole.asked, 0),
        Part("delivered", "Delivered", whole.arrived, 1, "asked"),
        Part("unconfirmed", "Not confirmed", whole.unconfirmed, 1, "asked"),
        Part("absent", "Not on WhatsApp", whole.absent, 1, "asked"),
        Part("lost", "Not delivered", whole.lost, 1, "asked"),
        Part("answered", "Answered", whole.answered, 2, "delivered"),
        Part("silent", "No answer in 24 h", whole.silent_arrived, 2, "delivered"),
        Part("waiting", "Still waiting", whole.waiting_arrived, 2, "delivered"),
        Part("brought", "Consent from elsewhere", whole.brought_arrived, 2, "delivered"),
        Part("yes", "Opted in", whole.said_yes, 3, "answered"),
        Part("no", "Opted out", whole.said_no, 3, "answered"),
    ]


def _day_columns(days: Days, cells: list[Cell]) -> list[tuple[str, list[tuple[str, int]]]]:
    answered = by_day(cells)
    count = (days.last - days.first).days + 1
    return [
        (f"{day.day} {day:%b}", _pieces(answered.get((day - EPOCH).days, Figures())))
        for day in (days.first + timedelta(days=place) for place in range(count))
    ]


def _slot_columns(cells: list[Cell]) -> list[tuple[str, list[tuple[str, int]]]]:
    words = [*(span(timedelta(seconds=bound)) for bound in SLOTS), "later"]
    return [(word, _pieces(one)) for word, one in zip(words, by_slot(cells), strict=True)]


def _pieces(one: Figures) -> list[tuple[str, int]]:
    return [("yes", one.said_yes), ("no", one.said_no)]


def _senders(visit: Visit, cells: list[Cell]) -> list[tuple[str, Figures]]:
    figures: dict[UUID, Figures] = by_sender(cells)
    known = organizations.senders(visit.connection, visit.member.organization_id)
    return [(one.address, figures[one.id]) for one in known if one.id in figures]


def _csv(desk: Desk, visit: Visit) -> Response:
    days = _days(visit)
    cells = _cells(visit, _period(desk, days))
    rows: list[list[object]] = [["from", "to", "sender", *FIGURES]]
    for sender, one in [("all", Figures.of(cells)), *_senders(visit, cells)]:
        rows.append([days.first, days.last, sender, *(getattr(one, name) for name in FIGURES)])
    return as_csv(rows, f"assent-{days.first}-{days.last}.csv")


FIGURES = (
    "asked", "arrived", "answered", "said_yes", "said_no", "silent", "waiting", "brought", "absent",
    "lost", "withdrawn",
)  # fmt: skip
