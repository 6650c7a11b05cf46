"""Templates as Twilio keeps them: what they say, what is to be filled in, and whether approved.

https://www.twilio.com/docs/content/content-api-resources
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.messaging.gateway import (
    Gateway,
    NeverSent,
    NoAnswer,
    TwilioException,
    TwilioRestException,
)

PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
WRITTEN = ("body", "title")
"""Where the different types of templates keep their text."""

MOST_LISTED = 200
"""Templates of an account that are looked through."""

log = structlog.get_logger()


class Unknown(Exception):
    """What a template says could not be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Content:
    """A template. `places` are its variables in the order in which they are read."""

    sid: str
    name: str
    language: str
    text: str
    buttons: tuple[str, ...]
    places: tuple[str, ...]
    samples: Mapping[str, str]
    approval: str
    objection: str

    def filled(self, variables: Mapping[str, str]) -> str:
        """The text with variables in their places; what is not given stays as it is."""
        return PLACE.sub(lambda found: variables.get(found[1]) or found[0], self.text)


def look_up(gateway: Gateway, sid: str) -> Content:
    """A template by its ContentSid. Raises `Unknown` when it is none, or Twilio does not say."""
    try:
        found, approval = gateway.content(sid)
    except TwilioRestException as error:
        if error.status == 404:
            raise Unknown("Twilio knows no template with this ContentSid.") from None
        raise _away(error) from None
    except (TwilioException, NeverSent, NoAnswer) as error:
        raise _away(error) from None
    return _content(sid, found, approval.whatsapp or {})


def approved(gateway: Gateway) -> list[Content]:
    """The account's templates that WhatsApp has approved, by name. Raises `Unknown`."""
    try:
        found = gateway.contents(MOST_LISTED)
    except (TwilioException, NeverSent, NoAnswer) as error:
        raise _away(error) from None
    listed = (_content(one.sid, one, one.approval_requests or {}) for one in found)
    return sorted((one for one in listed if one.approval == "approved"), key=lambda one: one.name)


def _away(error: Exception) -> Unknown:
    log.warning("template_unknown", error=str(error))
    return Unknown("Twilio does not answer just now, so the template's text cannot be shown.")


def _content(sid: str, found: Any, approval: Mapping[str, Any]) -> Content:
    types: Mapping[str, Any] = found.types or {}
    shown: Mapping[str, Any] = next(iter(types.values()), {})
    text = next((str(shown[name]) for name in WRITTEN if shown.get(name)), "")
    places = tuple(dict.fromkeys(PLACE.findall(text)))
    buttons = tuple(str(one["title"]) for one in shown.get("actions") or () if one.get("title"))
    samples = {str(name): str(value) for name, value in (found.variables or {}).items()}
    return Content(
        sid, str(found.friendly_name or sid), str(found.language or ""), text, buttons, places,
        samples, str(approval.get("status") or ""), str(approval.get("rejection_reason") or ""),
    )  # fmt: skip
