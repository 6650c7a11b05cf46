"""Spans of time as somebody reads who waits for their end."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)


def left(until: datetime, now: datetime) -> str:
    """How long until then, `23 h 12 min`: rounded up, so that nobody comes too early."""
    return span(until - now)


def span(time: timedelta) -> str:
    """A span of time in hours and minutes, rounded up to whole minutes."""
    minutes = math.ceil(time / MINUTE)
    if minutes < 1:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest)
    return " ".join(parts)


def utc(at: datetime) -> str:
    """A moment for scripts: `2026-03-01T12:00:05.000Z`."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
