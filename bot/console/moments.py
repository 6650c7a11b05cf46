"""Moments as a person reads them, in their organization's time zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from markupsafe import Markup

STEPS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@dataclass(frozen=True)
class Moments:
    """Puts moments into words for readers in one time zone, as seen from `now`."""

    time_zone: str
    now: datetime

    def stamp(self, moment: datetime) -> Markup:
        """`Today, 03:39 PM`, with the exact moment in UTC for whoever points at it."""
        return self._timed(moment, f"{self.day(moment)}, {self.clock(moment)}")

    def within(self, moment: datetime) -> Markup:
        """The same inside of a sentence: `today, 03:39 PM`."""
        day = self.day(moment)
        words = day if day[0].isdigit() else day.lower()
        return self._timed(moment, f"{words}, {self.clock(moment)}")

    def ago(self, moment: datetime) -> Markup:
        """`2 minutes ago`, or `in 3 hours`."""
        apart = (self.now - moment).total_seconds()
        length = duration(timedelta(seconds=abs(apart)))
        words = "just now" if abs(apart) < 5 else f"{length} ago" if apart > 0 else f"in {length}"
        return self._timed(moment, words)

    def day(self, moment: datetime) -> str:
        """`Today`, `Yesterday`, `Tomorrow`, `12 March`, or with the year when it is another."""
        day, today = self.local(moment).date(), self.local(self.now).date()
        near = {0: "Today", -1: "Yesterday", 1: "Tomorrow"}.get((day - today).days)
        return near or _date(day, today)

    def clock(self, moment: datetime) -> str:
        """`03:39 PM`."""
        return self.local(moment).strftime("%I:%M %p")

    def local(self, moment: datetime) -> datetime:
        """The moment on the clocks of the time zone."""
        return moment.astimezone(ZoneInfo(self.time_zone))

    def _timed(self, moment: datetime, words: str) -> Markup:
        exact = moment.astimezone(UTC)
        return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
            exact.isoformat(timespec="seconds").replace("+00:00", "Z"),
            exact.strftime("%Y-%m-%d %H:%M:%S"),
            words,
        )


def duration(length: timedelta) -> str:
    """`23 hours`, `1 minute`: the largest unit that fits, rounded down."""
    return _counted(int(length.total_seconds()), int)


def at_most(length: timedelta) -> str:
    """`24 hours`, `2 minutes`, for somebody who has to wait so long: rounded up, never nothing."""
    return _counted(max(ceil(length.total_seconds()), 1), ceil)


def _counted(seconds: int, whole: Callable[[float], int]) -> str:
    unit, size = next((step for step in STEPS if seconds >= step[1]), STEPS[-1])
    count = whole(seconds / size)
    return f"{count} {unit}{'' if count == 1 else 's'}"


def _date(day: date, today: date) -> str:
    words = f"{day.day} {day:%B}"
    return words if day.year == today.year else f"{words} {day.year}"
