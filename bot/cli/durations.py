"""Durations as people type them."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.people.mistakes import Mistake

WRITTEN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?", re.ASCII)


def read_duration(text: str) -> timedelta:
    """Read `90s`, `15m`, `24h`, `1h30m` or `2d`. Raises `Mistake` for anything else, and for 0."""
    found = WRITTEN.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        raise Mistake(f"{text!r} is not a duration. Write it like 90s, 15m, 24h, 1h30m or 2d.")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    try:
        duration = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise Mistake(f"{text!r} is longer than any clock can show.") from None
    if not duration:
        raise Mistake("Advance the clock by more than nothing.")
    return duration


def in_short(duration: timedelta) -> str:
    """Write a duration the same way: `1d2h`; `0s` when there is none."""
    left = duration.total_seconds()
    words = ""
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("m", 60)):
        count, left = divmod(left, seconds)
        words += f"{count:.0f}{unit}" if count else ""
    return words + (f"{left:g}s" if left or not words else "")
