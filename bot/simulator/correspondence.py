"""What lies between one customer and one sender: the window, an answer given, an opt-out."""

import threading
from datetime import datetime, timedelta
from typing import Final

from bot.simulator.addresses import Address

# https://www.twilio.com/docs/whatsapp/key-concepts (customer service window)
WINDOW: Final = timedelta(hours=24)

# Twilio's default keywords: https://help.twilio.com/articles/223134027
STOP_WORDS: Final = frozenset(
    {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"}
)
START_WORDS: Final = frozenset({"START", "YES", "UNSTOP"})

Pair = tuple[str, str]


class Correspondence:
    """Remembers for each pair of customer and sender what later messages depend on."""

    def __init__(self) -> None:
        """Start empty."""
        self._last_heard: dict[Pair, datetime] = {}
        self._answered: set[Pair] = set()
        self._stopped: set[Pair] = set()
        self._lock = threading.Lock()

    def hear(self, customer: str, sender: Address, body: str, now: datetime) -> None:
        """Note that the customer wrote: it opens the window, and STOP by SMS unsubscribes."""
        pair = (customer, str(sender))
        with self._lock:
            self._last_heard[pair] = now
            if not sender.is_whatsapp:
                self._obey(pair, body.strip().upper())

    def window_is_open(self, customer: str, sender: Address, now: datetime) -> bool:
        """Say whether free text may go to the customer on WhatsApp now."""
        heard = self._last_heard.get((customer, str(sender)))
        return heard is not None and now - heard < WINDOW

    def has_stopped(self, customer: str, sender: Address) -> bool:
        """Say whether the customer unsubscribed from this SMS sender."""
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

    def _obey(self, pair: Pair, word: str) -> None:
        if word in STOP_WORDS:
            self._stopped.add(pair)
        if word in START_WORDS:
            self._stopped.discard(pair)
