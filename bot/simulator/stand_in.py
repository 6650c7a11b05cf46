"""The stand-in itself: one value that holds everything it remembers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from flask import current_app

from bot.simulator.account import Account
from bot.simulator.alerts import Alerts
from bot.simulator.clock import MovableClock
from bot.simulator.correspondence import Correspondence
from bot.simulator.customers import Customers
from bot.simulator.faults import Faults
from bot.simulator.mailbox import Mailbox
from bot.simulator.runs import Runs
from bot.simulator.sandbox import Sandbox
from bot.simulator.senders import Senders
from bot.simulator.server import Server
from bot.simulator.services import Services
from bot.simulator.templates import Templates
from bot.simulator.timetable import Timetable
from bot.simulator.webhooks import Answer, Webhook, post
from bot.simulator.wire import OUTBOUND, Exchange, Wire

EXTENSION = "twilio_stand_in"


@dataclass(slots=True)
class Pace:
    """How long, in real seconds, each step of a message takes, an answer, an approval."""

    queued: float = 0.02
    sent: float = 0.05
    delivered: float = 0.1
    read: float = 0.2
    answer: float = 0.5
    approved: float = 1.0

    def before(self, status: str) -> float:
        """Return how long a message takes to reach a status; failing takes as long as arriving."""
        steps = {"queued": self.queued, "sent": self.sent, "read": self.read}
        return steps.get(status, self.delivered)


@dataclass(slots=True)
class Settings:
    """What can be changed while it runs: where inbound messages go, strictness, pace."""

    webhook: str | None = None
    fallback: str | None = None
    sandbox: bool = False
    strict_templates: bool = False
    pace: Pace = field(default_factory=Pace)


@dataclass(slots=True)
class StandIn:
    """Twilio for one account: its settings, its memory and its threads."""

    account: Account
    settings: Settings
    server: Server = field(default_factory=Server)
    clock: MovableClock = field(default_factory=MovableClock)
    mailbox: Mailbox = field(default_factory=Mailbox)
    customers: Customers = field(default_factory=Customers)
    correspondence: Correspondence = field(default_factory=Correspondence)
    senders: Senders = field(default_factory=Senders)
    services: Services = field(default_factory=Services)
    templates: Templates = field(default_factory=Templates)
    sandbox: Sandbox = field(default_factory=Sandbox)
    alerts: Alerts = field(default_factory=Alerts)
    runs: Runs = field(default_factory=Runs)
    faults: Faults = field(default_factory=Faults)
    wire: Wire = field(default_factory=Wire)
    timetable: Timetable = field(default_factory=Timetable)
    stage: Timetable = field(default_factory=lambda: Timetable(workers=1))
    last_webhook: dict[str, Webhook] = field(default_factory=dict)
    passed: dict[str, str] = field(default_factory=dict)
    started: datetime = field(default_factory=lambda: datetime.now(UTC))

    def post(self, webhook: Webhook, sid: str) -> Answer:
        """Post a webhook about a message, log every attempt, and keep it for a replay.

        One that fails to the last attempt raises an alert.
        """
        if webhook.verdict == "signed":
            self.last_webhook[sid] = webhook
        answer = post(webhook, lambda sent, got: self._note(sid, sent, got))
        self.alerts.note(webhook, answer, sid, self.clock.now())
        return answer

    def forget_messages(self) -> None:
        """Drop all messages and what follows from them: windows, answers, steps to come."""
        self.timetable.forget_waiting()
        self.mailbox.forget_everything()
        self.correspondence.forget_everything()
        self.last_webhook.clear()
        self.passed.clear()

    def forget_everything(self) -> None:
        """Start afresh, on the same account and webhook, with the clock back to real time."""
        self.forget_messages()
        self.customers.forget_everybody()
        for memory in (self.senders, self.services, self.templates, self.sandbox, self.alerts):
            memory.forget_everything()
        self.runs.forget_everything()
        self.faults.clear()
        self.wire.clear()
        self.clock.reset()
        self.settings.strict_templates = self.settings.sandbox = False
        self.settings.pace = Pace()

    @property
    def unfinished(self) -> int:
        """How many steps, callbacks, answers and scenarios are still to come."""
        return self.timetable.unfinished + self.stage.unfinished

    def close(self) -> None:
        """Stop the threads; running webhooks get two seconds."""
        self.runs.forget_everything()
        for table in (self.stage, self.timetable):
            table.close()

    def _note(self, sid: str, webhook: Webhook, answer: Answer) -> None:
        self.wire.note(
            Exchange(
                at=self.clock.now(),
                direction=OUTBOUND,
                method="POST",
                url=webhook.url,
                body=webhook.body,
                status=answer.status,
                answer=answer.body,
                milliseconds=answer.milliseconds,
                verdict=webhook.verdict,
                sid=sid,
                error=answer.error,
                attempt=answer.attempt,
                headers=webhook.headers,
            )
        )


def here() -> StandIn:
    """Return the stand-in of the Flask app that is serving the request."""
    return cast(StandIn, current_app.extensions[EXTENSION])
