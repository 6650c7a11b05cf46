"""Alerts: what Twilio's debugger shows when a webhook goes wrong.

https://www.twilio.com/docs/usage/monitor-alert
"""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.simulator.sids import new_sid
from bot.simulator.webhooks import Answer, Webhook

HTTP_FAILURE: Final = 11200
CONNECTION_FAILURE: Final = 11205
KEPT: Final = 1000


@dataclass(frozen=True, slots=True)
class Alert:
    """One webhook that failed for good."""

    sid: str
    at: datetime
    code: int
    webhook: Webhook
    answer: Answer
    resource_sid: str

    @property
    def text(self) -> str:
        """What the debugger says of it, in the form of a query."""
        status = self.answer.status or 502
        return f"sourceComponent=14100&httpResponse={status}&url={self.webhook.url}"


class Alerts:
    """The last alerts, newest first."""

    def __init__(self) -> None:
        """Start empty."""
        self._alerts: deque[Alert] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    def note(self, webhook: Webhook, answer: Answer, resource_sid: str, now: datetime) -> None:
        """Raise an alert if the last attempt of a webhook failed."""
        code = failure_code(answer)
        if code is None:
            return
        with self._lock:
            self._alerts.appendleft(Alert(new_sid("NO"), now, code, webhook, answer, resource_sid))

    def everything(self) -> list[Alert]:
        """Return the alerts kept, newest first."""
        with self._lock:
            return list(self._alerts)

    def find(self, sid: str) -> Alert | None:
        """Return an alert by its NO… sid, or None."""
        return next((alert for alert in self.everything() if alert.sid == sid), None)

    def forget_everything(self) -> None:
        """Drop all alerts."""
        with self._lock:
            self._alerts.clear()


def failure_code(answer: Answer) -> int | None:
    """Return the debugger's code for a webhook that failed, None for one that did not."""
    if answer.failure is None:
        return None
    return CONNECTION_FAILURE if answer.failure == "ct" else HTTP_FAILURE
