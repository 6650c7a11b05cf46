"""What people may choose for an organization and its senders, as they write it."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from typing import Any

from bot.people.languages import read_language
from bot.people.mistakes import Mistake

SMS_POLICIES = ("off", "consent", "disclaimer")
"""What an organization may decide about SMS."""

STRANGERS = ("ask", "keep")
"""What an organization may decide about people who write first."""

ATTEMPTS = 5
"""Requests without an answer that a contact gets, unless an organization chooses otherwise."""

CONTENT_SID = re.compile(r"HX[0-9A-Za-z]{32}")
FASTEST = 1000.0

LOWEST_LIMIT = 250
"""People whom Meta lets a new business begin to write to in 24 hours.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messaging-limits
"""

MOST = 1_000_000_000
"""No count that is chosen is larger."""


def read_sms(policy: str) -> str:
    """Read a policy. Raises `Mistake`."""
    if policy not in SMS_POLICIES:
        raise Mistake(f"{policy!r} is no SMS policy. Choose off, consent or disclaimer.")
    return policy


def read_strangers(choice: str) -> str:
    """Read what becomes of people who write first. Raises `Mistake`."""
    if choice not in STRANGERS:
        raise Mistake(f"{choice!r} is no choice about strangers. Choose ask or keep.")
    return choice


def read_zone(name: str) -> str:
    """Read a time zone. Raises `Mistake`."""
    if name != "UTC" and name not in zoneinfo.available_timezones():
        raise Mistake(f"{name!r} is not a time zone. Use a name like Europe/Berlin.")
    return name


def read_attempts(given: Any) -> int:
    """Read how many requests a contact may get without an answer; 0 is no limit."""
    return read_count(given, "Attempts")


def read_messaging_limit(given: Any) -> int:
    """Read how many people may be reached in 24 hours; 0 is no limit. Raises `Mistake`."""
    return 0 if str(given).strip().lower() == "unlimited" else read_count(given, "The limit")


def read_count(given: Any, what: str) -> int:
    """Read a whole number; `what` begins the words of the `Mistake` when it is none."""
    text = str(given).strip()
    if not (text.isascii() and text.isdigit() and int(text) <= MOST):
        raise Mistake(f"{what} must be a whole number, not {text!r}; 0 means no limit.")
    return int(text)


def read_templates(channel: str, templates: Mapping[str, str]) -> dict[str, str]:
    """Read ContentSids by language. Raises `Mistake`."""
    if templates and channel != "whatsapp":
        raise Mistake("Templates belong to WhatsApp senders (whatsapp:+…). SMS goes out as text.")
    for sid in templates.values():
        if not CONTENT_SID.fullmatch(sid):
            raise Mistake(f"{sid!r} is not a ContentSid: HX and 32 letters or digits.")
    return {read_language(language): sid for language, sid in templates.items()}


def read_rate(per_second: float) -> float:
    """Read how many messages a sender sends a second. Raises `Mistake`."""
    if not 0 < per_second <= FASTEST:
        raise Mistake(f"A sender sends more than 0 and at most {FASTEST:.0f} messages a second.")
    return per_second
