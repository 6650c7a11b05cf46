"""The wire log: the last requests in both directions, as they were on the wire."""

import threading
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

KEPT: Final = 2000
# A call to the stand-in; all others are webhooks that it posts.
INBOUND: Final = "in"
OUTBOUND: Final = "out"
_SHOWN_CHARACTERS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer; `verdict` says whether signature or credentials are good."""

    at: datetime
    direction: str
    method: str
    url: str
    body: str
    status: int | None
    answer: str
    milliseconds: float
    verdict: str
    sid: str | None = None
    error: str | None = None
    attempt: int = 1
    headers: dict[str, str] = field(default_factory=dict)


class Wire:
    """A bounded log of exchanges, each with a number that only grows."""

    def __init__(self, kept: int = KEPT) -> None:
        """Keep so many exchanges."""
        self._exchanges: deque[tuple[int, Exchange]] = deque(maxlen=kept)
        self._last = 0
        self._lock = threading.Lock()

    def note(self, exchange: Exchange) -> None:
        """Add an exchange; the oldest falls out when the log is full."""
        with self._lock:
            self._last += 1
            self._exchanges.append((self._last, exchange))

    def after(self, number: int) -> list[dict[str, Any]]:
        """Return the exchanges after that number, oldest first."""
        with self._lock:
            kept = list(self._exchanges)
        return [_shown(count, exchange) for count, exchange in kept if count > number]

    def numbered(self, number: int) -> Exchange | None:
        """Return one exchange, None if it has fallen out of the log."""
        with self._lock:
            return next((one for count, one in self._exchanges if count == number), None)

    @property
    def last(self) -> int:
        """The number of the newest exchange."""
        return self._last

    def clear(self) -> None:
        """Empty the log; numbers go on."""
        with self._lock:
            self._exchanges.clear()


def _shown(number: int, exchange: Exchange) -> dict[str, Any]:
    return asdict(exchange) | {
        "number": number,
        "at": exchange.at.isoformat(),
        "body": exchange.body[:_SHOWN_CHARACTERS],
        "answer": exchange.answer[:_SHOWN_CHARACTERS],
    }
