"""Hours in which nobody is asked in bulk: told by the clocks where the contact may be.

A number tells its country, and often more; where it allows several time zones, it must be no quiet
hour in any of them. In the United States such requests are for 8 to 21 o'clock where the called
party is: 47 CFR 64.1200(c)(1), https://www.ecfr.gov/current/title-47/section-64.1200
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

from bot.people.mistakes import Mistake

DEFAULT = "21:00-08:00"
NONE = ("", "none", "off")
SPAN = re.compile(r"\s*(\d{1,2}):(\d\d)\s*[-\u2013]\s*(\d{1,2}):(\d\d)\s*")
STEPS = 8
"""Ends of quiet hours that are looked at: more zones do not follow each other round the world."""


def read_quiet_hours(text: str) -> str:
    """Read `21:00-08:00`; `none` gives the empty text. Raises `Mistake`."""
    if text.strip().lower() in NONE:
        return ""
    found = SPAN.fullmatch(text)
    try:
        begins, ends = _ends(found.groups()) if found else (time(), time())
    except ValueError:
        begins, ends = time(), time()
    if begins == ends:
        raise Mistake(
            f"{text.strip()!r} are no quiet hours. Write from when until when, on a clock of 24 "
            "hours, like 21:00-08:00; or none."
        )
    return f"{begins:%H:%M}-{ends:%H:%M}"


def quiet_until(quiet_hours: str, address: str, house_zone: str, now: datetime) -> datetime | None:
    """The moment at which quiet hours end wherever an address may be; None when there are none now.

    `house_zone` stands for an address that does not tell. Hours that leave no moment in common stay
    quiet for as long as they are looked ahead.
    """
    if not quiet_hours:
        return None
    zones, moment = zones_of(address, house_zone), now
    for _ in range(STEPS):
        ends = [end for zone in zones if (end := _quiet_end(quiet_hours, zone, moment))]
        if not ends:
            break
        moment = max(ends)
    return moment if moment > now else None


def zones_of(address: str, house_zone: str) -> tuple[ZoneInfo, ...]:
    """The time zones in which the owner of an address may be."""
    return _zones(address) or (ZoneInfo(house_zone),)


@lru_cache(maxsize=4096)
def _zones(address: str) -> tuple[ZoneInfo, ...]:
    if not address.startswith("+"):
        return ()
    try:
        names: Collection[str] = timezone.time_zones_for_number(phonenumbers.parse(address))
        return tuple(ZoneInfo(name) for name in names if name != timezone.UNKNOWN_TIMEZONE)
    except (phonenumbers.NumberParseException, ZoneInfoNotFoundError):
        return ()


def _quiet_end(quiet_hours: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the quiet hours that `now` falls into end in a zone; None when it falls into none."""
    found = SPAN.fullmatch(quiet_hours)
    begins, ends = _ends(found.groups()) if found else (time(), time())
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        until_day = day if begins < ends else day + timedelta(days=1)
        begin, end = _moment(day, begins, zone), _moment(until_day, ends, zone)
        if begin <= now < end:
            return end
    return None


def _moment(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)


def _ends(parts: tuple[str, ...]) -> tuple[time, time]:
    begin_hour, begin_minute, end_hour, end_minute = map(int, parts)
    return time(begin_hour, begin_minute), time(end_hour, end_minute)
