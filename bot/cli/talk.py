"""A contact in the demo, and the conversation with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.cli import demo_house
from bot.cli.stage import Stage


@dataclass
class Talk:
    """A contact, and the conversation with them."""

    stage: Stage
    contact_id: str
    phone: str
    id: str = ""

    @classmethod
    def begin(cls, stage: Stage, name: str, phone: str) -> Talk:
        """Add a contact to talk with."""
        given = {"name": name, "phone": phone}
        return cls(stage, stage.call("POST", "/contacts", given)["id"], phone)

    def is_asked(self) -> None:
        """The agent presses the icon and confirms."""
        given = {"basis": "existing client"}
        self.id = self.stage.call("POST", f"/contacts/{self.contact_id}/opt-in", given)["id"]

    def agent_writes(self, text: str) -> None:
        """The agent sends a message."""
        self.stage.call("POST", f"/conversations/{self.id}/messages", {"text": text})

    def contact_writes(self, text: str) -> None:
        """The contact writes, unasked."""
        given = {"from": f"whatsapp:{self.phone}", "to": demo_house.WHATSAPP, "text": text}
        self.stage.control("POST", "/inbound", given)

    def days_pass(self, days: int) -> None:
        """Nothing happens for some days."""
        self.hears_everything()
        self.stage.days_pass(days)

    def becomes(self, state: str) -> None:
        """Wait for a state, and until all that is said in it has arrived."""
        self.stage.wait_for(lambda: self.state == state, f"{self.phone} to be {state}")
        self.hears_everything()

    def hears(self, text: str) -> None:
        """Wait until the contact has heard this."""
        self.stage.wait_for(lambda: self.has_heard(text), f"{self.phone} to hear {text!r}")
        self.hears_everything()

    def hears_everything(self) -> None:
        """Wait until nothing is on its way."""
        under_way = ("queued", "sending", "unknown", "sent")
        self.stage.wait_for(
            lambda: not any(line["status"] in under_way for line in self.timeline()),
            f"messages to {self.phone} to arrive",
        )

    def has_heard(self, text: str) -> bool:
        """Whether a message with this text, or its template, was shown on the contact's phone."""
        shown = (
            message["shown"] for message in self.stage.control("GET", "/messages")["messages"]
            if message["to"] == f"whatsapp:{self.phone}" and message["status"] != "undelivered"
        )  # fmt: skip
        return text in shown

    def timeline(self) -> list[dict[str, Any]]:
        """What the agent reads."""
        page = self.stage.call("GET", f"/conversations/{self.id}/timeline")
        items: list[dict[str, Any]] = page["items"]
        return items

    @property
    def state(self) -> str:
        """The state of the conversation."""
        return str(self.stage.call("GET", f"/conversations/{self.id}")["state"])
