"""Whose time it is: the reader's own, as their browser says, else the organization's."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from flask import request

from bot.people.accounts import Member

COOKIE = "zone"
"""Set by `zone.js`; it says nothing that a page would not show anyhow."""


def zone_of(member: Member) -> str:
    """The name of the time zone that somebody reads in."""
    given = request.cookies.get(COOKIE, "")
    return given if given in _zones() else member.time_zone


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
