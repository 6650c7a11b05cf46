"""Messaging Services: senders that share webhooks.

https://www.twilio.com/docs/messaging/api/service-resource
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

# What can be set, in the spelling of the form: text, true or false, a number.
TEXTS: Final = {
    "FriendlyName": "Messaging Service",
    "InboundRequestUrl": None,
    "InboundMethod": "POST",
    "FallbackUrl": None,
    "FallbackMethod": "POST",
    "StatusCallback": None,
    "ScanMessageContent": "inherit",
    "Usecase": "undeclared",
}
SWITCHES: Final = {
    "StickySender": True,
    "MmsConverter": True,
    "SmartEncoding": True,
    "FallbackToLongCode": True,
    "AreaCodeGeomatch": True,
    "SynchronousValidation": False,
    "UseInboundWebhookOnNumber": False,
}
NUMBERS: Final = {"ValidityPeriod": 36_000}


@dataclass(slots=True)
class Service:
    """One Messaging Service and its settings; no API of Twilio's knows of Advanced Opt-Out."""

    sid: str
    advanced_opt_out: bool = False
    settings: dict[str, str | bool | int | None] = field(
        default_factory=lambda: {**TEXTS, **SWITCHES, **NUMBERS}
    )
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))

    def url(self, name: str) -> str | None:
        """Return one of its webhooks, None where none is set."""
        return str(self.settings[name]) if self.settings[name] else None

    @property
    def inbound_url(self) -> str | None:
        """Where messages to its senders go, unless each sender keeps its own webhook."""
        return None if self.settings["UseInboundWebhookOnNumber"] else self.url("InboundRequestUrl")


class Services:
    """The services of the account; one that a sender is in comes into being with it."""

    def __init__(self) -> None:
        """Start empty."""
        self._services: dict[str, Service] = {}
        self._lock = threading.Lock()

    def named(self, sid: str) -> Service:
        """Return a service, making it if it is new."""
        with self._lock:
            return self._services.setdefault(sid, Service(sid))

    def find(self, sid: str | None) -> Service | None:
        """Return a service by its MG… sid, or None."""
        return self._services.get(sid or "")

    def everything(self) -> list[Service]:
        """Return all services, oldest first."""
        with self._lock:
            return list(self._services.values())

    def delete(self, sid: str) -> None:
        """Remove a service; unknown sids are ignored."""
        with self._lock:
            self._services.pop(sid, None)

    def forget_everything(self) -> None:
        """Remove all services."""
        with self._lock:
            self._services.clear()


def given_settings(form: Mapping[str, str]) -> dict[str, str | bool | int | None]:
    """Read the settings a form gives; what it does not name stays as it is."""
    texts = {name: form[name] or None for name in TEXTS if name in form}
    switches = {name: form[name].lower() == "true" for name in SWITCHES if name in form}
    numbers = {name: int(form[name]) for name in NUMBERS if form.get(name, "").isdecimal()}
    return {**texts, **switches, **numbers}
