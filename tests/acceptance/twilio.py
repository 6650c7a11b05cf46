"""The stand-in for Twilio as its own process, and its switches."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import requests

from tests.acceptance.processes import Process, eventually, free_port, surroundings
from tests.acceptance.sites import Site

ACCOUNT = "AC" + "7" * 32
TOKEN = "d41d8cd98f00b204e9800998ecf8427e"
TEMPLATE = "HX" + "5" * 32

SERVE = (
    "granian --interface wsgi --factory --workers 1 --blocking-threads 64 "
    "--host 127.0.0.1 --port $PORT bot.simulator.app:from_environment"
)
QUICK = {"queued": 0.01, "sent": 0.02, "delivered": 0.02, "read": 0.02, "answer": 0.05}

Message = dict[str, Any]


class Twilio:
    """One account at the stand-in. What it created is the truth about what contacts heard."""

    def __init__(self, folder: Path, webhook: str) -> None:
        port = free_port()
        environment = surroundings(
            folder / "twilio",
            PORT=str(port),
            TWILIO_ACCOUNT_SID=ACCOUNT,
            TWILIO_AUTH_TOKEN=TOKEN,
            SIMULATOR_WEBHOOK=webhook,
        )
        self.process = Process("twilio", SERVE, environment, folder)
        self.url = f"http://127.0.0.1:{port}"
        self.site = Site(f"{self.url}/control")

    def start(self) -> None:
        """Start it, at a quick pace."""
        self.process.start()
        eventually(lambda: self.site.answers("/health"), "the stand-in starts", 60)
        self.set_pace(**QUICK)

    def set_pace(self, **seconds: float) -> None:
        """How long each step of a message takes."""
        self._done(self.site.put("/settings", {"pace": seconds}))

    def show_template(self, sid: str, text: str) -> None:
        """Have a template that shows this text and two buttons."""
        buttons = [
            {"type": "QUICK_REPLY", "title": title, "id": payload}
            for title, payload in (("Yes", "yes"), ("No", "no"))
        ]
        types = {"twilio/quick-reply": {"body": text, "actions": buttons}}
        given = {"friendly_name": "opt_in", "language": "en", "types": types}
        self._done(self.site.put(f"/templates/{sid}", given))

    def customer(self, phone: str, **how: Any) -> None:
        """Say how a customer behaves."""
        self._done(self.site.put(f"/customers/{phone}", how))

    def fault(self, name: str, **how: Any) -> None:
        """Put a fault in force."""
        self._done(self.site.post("/chaos", {"fault": name, **how}))

    def heal(self) -> None:
        """Lift all faults."""
        self._done(self.site.delete("/chaos"))

    def advance(self, seconds: float) -> None:
        """Move its clock ahead."""
        self._done(self.site.post("/clock", {"advance_seconds": seconds}))

    def hears(self, sender: str, recipient: str, text: str, **more: Any) -> dict[str, Any]:
        """A customer writes; what the webhook was answered is in `webhook`, None if it was lost."""
        said = {"from": sender, "to": recipient, "text": text, **more}
        return self._done(self.site.post("/inbound", said))

    def replay(self, sid: str, **how: Any) -> int | None:
        """Deliver a message's webhook once more; the status it was answered with."""
        answered = self._done(self.site.post(f"/replay/{sid}", how))["webhook"]
        status: int | None = answered["status"]
        return status

    @property
    def messages(self) -> list[Message]:
        """Everything that was ever created, both ways, in order."""
        return list(self._done(self.site.get("/messages"))["messages"])

    def shown_to(self, phone: str) -> list[str]:
        """The texts that a customer's phone has shown, in order."""
        return [
            one["shown"]
            for one in self.messages
            if one["direction"] != "inbound" and one["to"].removeprefix("whatsapp:") == phone
        ]

    @property
    def heard(self) -> Counter[tuple[str, str]]:
        """How often each customer was shown each text."""
        return Counter(
            (one["to"].removeprefix("whatsapp:"), one["shown"])
            for one in self.messages
            if one["direction"] != "inbound"
        )

    @property
    def last_exchange(self) -> int:
        """The number of the latest request in either direction."""
        return int(self._done(self.site.get(f"/wire?after={10**12}"))["last"])

    def creations_since(self, exchange: int) -> list[dict[str, Any]]:
        """The requests to create a message that came after an exchange."""
        return self._about_messages("POST", exchange)

    def lists_since(self, exchange: int) -> list[dict[str, Any]]:
        """The requests to list messages that came after an exchange."""
        return self._about_messages("GET", exchange)

    def _about_messages(self, method: str, exchange: int) -> list[dict[str, Any]]:
        log = self._done(self.site.get(f"/wire?after={exchange}"))["exchanges"]
        return [
            one
            for one in log
            if one["direction"] == "in"
            and one["method"] == method
            and one["url"].split("?")[0].endswith("Messages.json")
        ]

    @property
    def is_idle(self) -> bool:
        """Whether all that it had to do has happened."""
        return bool(self._done(self.site.get("/health"))["unfinished"] == 0)

    def _done(self, answer: requests.Response) -> dict[str, Any]:
        assert answer.ok, f"{answer.request.method} {answer.url}: {answer.text}"
        given: dict[str, Any] = answer.json() if answer.content else {}
        return given
