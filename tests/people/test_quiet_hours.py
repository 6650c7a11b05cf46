"""When nobody is asked in bulk, by the clocks where a contact may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people.mistakes import Mistake
from bot.people.quiet_hours import quiet_until, read_quiet_hours

NIGHT = "21:00-08:00"
BERLIN, CALIFORNIA, RUSSIA, NOWHERE = (
    "+4915112345678", "+14155550100", "+79161234567", "+15550001000",
)  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (NIGHT, NIGHT),
        (" 9:00 \u2013 17:30 ", "09:00-17:30"),
        ("none", ""),
        ("", ""),
    ],
)
def test_are_read_as_people_write_them(written: str, read: str) -> None:
    assert read_quiet_hours(written) == read


@pytest.mark.parametrize("written", ["21-8", "25:00-08:00", "08:00-08:00", "21:00-", "at night"])
def test_what_are_none_is_said_with_what_to_write(written: str) -> None:
    with pytest.raises(Mistake, match="like 21:00-08:00; or none"):
        read_quiet_hours(written)


@pytest.mark.parametrize(
    ("hours", "address", "now", "until"),
    [
        (NIGHT, BERLIN, "2026-03-01T20:59:59+01:00", None),
        (NIGHT, BERLIN, "2026-03-01T21:00:00+01:00", "2026-03-02T08:00:00+01:00"),
        (NIGHT, BERLIN, "2026-03-02T07:59:59+01:00", "2026-03-02T08:00:00+01:00"),
        (NIGHT, BERLIN, "2026-03-02T08:00:00+01:00", None),
        ("12:00-14:00", BERLIN, "2026-03-01T13:00:00+01:00", "2026-03-01T14:00:00+01:00"),
        (NIGHT, CALIFORNIA, "2026-03-01T12:00:00+00:00", "2026-03-01T08:00:00-08:00"),
        # The night in which the clocks go forward is an hour shorter.
        (NIGHT, BERLIN, "2026-03-28T23:00:00+01:00", "2026-03-29T08:00:00+02:00"),
        # It must be day for all who share the beginning of a number, from Moscow to Kamchatka.
        (NIGHT, RUSSIA, "2026-03-01T08:30:00+03:00", "2026-03-01T08:00:00+02:00"),
        (NIGHT, RUSSIA, "2026-03-01T11:59:00+03:00", None),
        (NIGHT, RUSSIA, "2026-03-01T12:00:00+03:00", "2026-03-02T08:00:00+02:00"),
        # A number that does not tell, and a user id, go by the house's clock.
        (NIGHT, NOWHERE, "2026-03-01T22:00:00+09:00", "2026-03-02T08:00:00+09:00"),
        (NIGHT, "DE.123", "2026-03-01T12:00:00+09:00", None),
        ("", BERLIN, "2026-03-01T23:00:00+01:00", None),
    ],
)
def test_end_when_it_is_day_wherever_the_contact_may_be(
    hours: str, address: str, now: str, until: str | None
) -> None:
    expected = at(until) if until else None
    assert quiet_until(hours, address, "Asia/Tokyo", at(now)) == expected


@given(
    minutes=st.integers(0, 2 * 366 * 24 * 60),
    address=st.sampled_from([BERLIN, CALIFORNIA, NOWHERE, "+61412345678", "+5511912345678"]),
    begins=st.integers(0, 23),
    length=st.integers(1, 10),
)
def test_once_they_end_nobody_sleeps(minutes: int, address: str, begins: int, length: int) -> None:
    hours = f"{begins:02d}:00-{(begins + length) % 24:02d}:00"
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    until = quiet_until(hours, address, "Asia/Tokyo", now)
    assert until is None or now < until <= now + timedelta(days=2)
    assert quiet_until(hours, address, "Asia/Tokyo", until or now) is None
