"""Content templates: what a ContentSid shows on the phone.

https://www.twilio.com/docs/content/content-types-overview
"""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.simulator.addresses import Address
from bot.simulator.message import Button, Shown

# The order in which a channel picks among the types of one template.
_PREFERRED: Final = {
    True: ("whatsapp/card", "twilio/quick-reply", "twilio/card", "twilio/text"),
    False: ("twilio/text", "twilio/quick-reply", "twilio/card"),
}
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}\s]{1,16})\s*\}\}")
_UNKNOWN_BUTTONS: Final = (Button("Yes", "yes"), Button("No", "no"))


UNSUBMITTED: Final = "unsubmitted"
RECEIVED: Final = "received"
APPROVED: Final = "approved"
APPROVALS: Final = (
    UNSUBMITTED, RECEIVED, "pending", APPROVED, "rejected", "paused", "disabled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Approval:
    """What WhatsApp says of a template, and what it was submitted as."""

    status: str = UNSUBMITTED
    name: str = ""
    category: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """One template as the Content API keeps it: types by name, sample variables."""

    sid: str
    friendly_name: str | None
    language: str
    types: dict[str, dict[str, Any]]
    created: datetime
    variables: dict[str, str] = field(default_factory=dict)
    approval: Approval = field(default_factory=Approval)

    def shown(self, address: Address, variables: Mapping[str, str]) -> Shown:
        """Render the template for a phone: text with its variables filled in, and buttons."""
        content = self._content_for(address)
        values = {**self.variables, **variables}
        text = _fill(str(content.get("body") or content.get("title") or ""), values)
        return Shown(text, _buttons(content, values) if address.is_whatsapp else ())

    def _content_for(self, address: Address) -> dict[str, Any]:
        for name in _PREFERRED[address.is_whatsapp]:
            if name in self.types:
                return self.types[name]
        return next(iter(self.types.values()), {})


class Templates:
    """The templates created so far; a well-formed sid nobody created is accepted unless strict."""

    def __init__(self) -> None:
        """Start empty."""
        self._templates: dict[str, Template] = {}
        self._lock = threading.Lock()

    def keep(self, template: Template) -> None:
        """Add a template, or put it in place of the one with its sid."""
        with self._lock:
            self._templates[template.sid] = template

    def find(self, sid: str) -> Template | None:
        """Return a template by its HX… sid, or None."""
        return self._templates.get(sid)

    def everything(self) -> list[Template]:
        """Return all templates, oldest first."""
        with self._lock:
            return list(self._templates.values())

    def delete(self, sid: str) -> None:
        """Remove a template; unknown sids are ignored."""
        with self._lock:
            self._templates.pop(sid, None)

    def shown(self, sid: str, address: Address, variables: Mapping[str, str]) -> Shown:
        """Render any template; one nobody created shows its sid, and Yes and No on WhatsApp."""
        template = self.find(sid)
        if template:
            return template.shown(address, variables)
        values = ", ".join(f"{name}={value}" for name, value in variables.items())
        return Shown(f"[{sid}] {values}".rstrip(), _UNKNOWN_BUTTONS if address.is_whatsapp else ())

    def forget_everything(self) -> None:
        """Remove all templates."""
        with self._lock:
            self._templates.clear()


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _buttons(content: Mapping[str, Any], values: Mapping[str, str]) -> tuple[Button, ...]:
    return tuple(
        Button(str(action.get("title", "")), _fill(str(action.get("id", "")), values))
        for action in content.get("actions") or ()
        if action.get("type", "QUICK_REPLY") == "QUICK_REPLY"
    )
