"""Moments as Twilio writes them: RFC 2822 in the API of 2010, ISO 8601 in all later ones."""

from datetime import datetime
from email.utils import format_datetime


def of_2010(moment: datetime) -> str:
    """Write a moment like `Sun, 22 Nov 2026 10:15:00 +0000`."""
    return format_datetime(moment)


def iso(moment: datetime) -> str:
    """Write a moment in UTC like `2026-11-22T10:15:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
