"""Twilio's Sandbox for WhatsApp: a shared number that reaches only people who joined it.

https://www.twilio.com/docs/whatsapp/sandbox
"""

import re
import threading
from datetime import datetime, timedelta
from typing import Final

from bot.simulator.addresses import WHATSAPP, Address

NUMBER: Final = Address(WHATSAPP, "+14155238886")
LASTS: Final = timedelta(days=3)
NOT_JOINED: Final = 63015

_JOIN = re.compile(r"\s*join\s+\S+\s*", re.IGNORECASE)


class Sandbox:
    """Who has joined, and until when."""

    def __init__(self) -> None:
        """Start empty."""
        self._joined: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def hear(self, customer: str, body: str, now: datetime) -> bool:
        """Obey `join two-words` and `stop`; says whether Twilio keeps the message to itself."""
        joins = _JOIN.fullmatch(body) is not None
        with self._lock:
            if joins:
                self._joined[customer] = now
            elif body.strip().lower() == "stop":
                self._joined.pop(customer, None)
        return joins

    def has_joined(self, customer: str, now: datetime) -> bool:
        """Say whether the Sandbox may write to this customer now."""
        joined = self._joined.get(customer)
        return joined is not None and now - joined < LASTS

    def forget_everything(self) -> None:
        """Let everybody leave."""
        with self._lock:
            self._joined.clear()
