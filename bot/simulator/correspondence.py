"""What lies between one customer and one sender: the window, an answer given, an opt-out."""

import threading
from datetime import datetime, timedelta
from typing import Final

from bot.simulator.addresses import Address

# https://www.twilio.com/docs/whatsapp/key-concepts (customer service window)
WINDOW: Final = timedelta(hours=24)

Pair = tuple[str, str]


class Correspondence:
    """Remembers for each pair of customer and sender what later messages depend on."""

    def __init__(self) -> None:
        """Start empty."""
        self._last_heard: dict[Pair, datetime] = {}
        self._answered: set[Pair] = set()
        self._stopped: set[Pair] = set()
        self._lock = threading.Lock()

    def hear(self, customer: str, sender: Address, now: datetime) -> None:
        """Note that the customer wrote: it opens the window."""
        with self._lock:
            self._last_heard[customer, str(sender)] = now

    def unsubscribe(self, customer: str, sender: Address, *, stopped: bool) -> None:
        """Note whether the customer wants nothing more from a sender."""
        change = self._stopped.add if stopped else self._stopped.discard
        with self._lock:
            change((customer, str(sender)))

    def window_is_open(self, customer: str, sender: Address, now: datetime) -> bool:
        """Say whether free text may go to the customer on WhatsApp now."""
        heard = self._last_heard.get((customer, str(sender)))
        return heard is not None and now - heard < WINDOW

    def has_stopped(self, customer: str, sender: Address) -> bool:
        """Say whether the customer unsubscribed from this sender."""
        return (customer, str(sender)) in self._stopped

    def answers_first_time(self, customer: str, sender: Address) -> bool:
        """Return True once per pair: a scripted customer answers one question."""
        pair = (customer, str(sender))
        with self._lock:
            first = pair not in self._answered
            self._answered.add(pair)
        return first

    def forget_answer(self, customer: str) -> None:
        """Let a scripted customer answer once more, every sender."""
        with self._lock:
            self._answered = {pair for pair in self._answered if pair[0] != customer}

    def forget_everything(self) -> None:
        """Close all windows and forget all answers and opt-outs."""
        with self._lock:
            self._last_heard.clear()
            self._answered.clear()
            self._stopped.clear()
