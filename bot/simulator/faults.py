"""Faults on demand: the next requests, or a share of them, go wrong in a chosen way.

| fault | what happens |
|---|---|
| 401, 429, 500 | refused, nothing created; `strikes` create, list or any; `seconds`: Retry-After |
| 500_created | created and sent on its way, answered with 500 |
| reset_created | created and sent on its way, the connection breaks during the answer |
| hang | created and sent on its way, answered after `seconds` |
| list_lag | a list does not show messages of the last `seconds` |
| callback_dropped, callback_doubled | a status callback never comes, or comes twice |
| callback_late, callback_out_of_order | comes `seconds` later, or after the callback that follows |
| inbound_dropped, inbound_doubled | so does a customer's message; a dropped one is still listed |
"""

import random
import threading
from dataclasses import asdict, dataclass
from typing import Any, Final

CREATE: Final = "create"
LIST: Final = "list"
ANY: Final = "any"
WEBHOOK: Final = "webhook"

# What each fault strikes unless told otherwise: creating, listing, any REST call, a webhook.
FAULTS: Final[dict[str, str]] = {
    "401": ANY,
    "429": CREATE,
    "500": CREATE,
    "500_created": CREATE,
    "reset_created": CREATE,
    "hang": CREATE,
    "list_lag": LIST,
    "callback_dropped": WEBHOOK,
    "callback_doubled": WEBHOOK,
    "callback_late": WEBHOOK,
    "callback_out_of_order": WEBHOOK,
    "inbound_dropped": WEBHOOK,
    "inbound_doubled": WEBHOOK,
}
WORDS: Final[dict[str, str]] = {
    "401": "Refused: wrong credentials (20003)",
    "429": "Refused: too many requests (20429)",
    "500": "Fails with 500, nothing is created",
    "500_created": "Fails with 500, yet the message goes out",
    "reset_created": "Connection breaks, yet the message goes out",
    "hang": "Answers only after some seconds",
    "list_lag": "The list of messages lags behind",
    "callback_dropped": "A status callback never comes",
    "callback_doubled": "A status callback comes twice",
    "callback_late": "A status callback comes late",
    "callback_out_of_order": "Status callbacks change places",
    "inbound_dropped": "A customer's message is not posted",
    "inbound_doubled": "A customer's message is posted twice",
}
REST_WIDE: Final = frozenset({"401", "429", "500"})


class UnknownFault(ValueError):
    """There is no such fault, or it cannot strike there or so often."""


@dataclass(slots=True)
class Fault:
    """One fault: strikes the next `next` times, or each time with `probability`."""

    fault: str
    strikes: str
    next: int | None = None
    probability: float | None = None
    seconds: float = 0.0
    struck: int = 0

    @property
    def is_possible(self) -> bool:
        """True if its numbers make sense."""
        often = self.next is None or self.next >= 1
        likely = self.probability is None or 0 <= self.probability <= 1
        return often and likely and self.seconds >= 0

    @property
    def is_over(self) -> bool:
        """True once a counted fault has struck as often as it was told to."""
        return self.next is not None and self.next <= 0


class Faults:
    """The faults in force; `claim` asks whether one strikes now and counts it."""

    def __init__(self, seed: int = 1) -> None:
        """Start without faults; the same seed throws the same dice."""
        self._faults: list[Fault] = []
        self._dice = random.Random(seed)  # noqa: S311 - chance, not secrecy
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Put a fault in force; raise UnknownFault for names or places that do not exist."""
        if fault.fault not in FAULTS:
            raise UnknownFault(f"unknown fault {fault.fault!r}; known: {', '.join(FAULTS)}")
        if fault.strikes != FAULTS[fault.fault] and fault.fault not in REST_WIDE:
            raise UnknownFault(f"{fault.fault} strikes {FAULTS[fault.fault]!r} only")
        if not fault.is_possible:
            raise UnknownFault("next is 1 or more, probability 0 to 1, seconds 0 or more")
        with self._lock:
            self._faults = [one for one in self._faults if not _replaces(fault, one)]
            self._faults.append(fault)

    def claim(self, name: str, place: str = WEBHOOK) -> Fault | None:
        """Return the fault of this name if it strikes at this place now, else None."""
        if not self._faults:
            return None
        with self._lock:
            struck = next((fault for fault in self._faults if self._hits(fault, name, place)), None)
            self._faults = [fault for fault in self._faults if not fault.is_over]
        return struck

    def in_force(self) -> list[dict[str, Any]]:
        """Return the faults that may still strike."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def lift(self, name: str) -> None:
        """Lift all faults of one name."""
        with self._lock:
            self._faults = [fault for fault in self._faults if fault.fault != name]

    def clear(self) -> None:
        """Lift all faults."""
        with self._lock:
            self._faults = []

    def _hits(self, fault: Fault, name: str, place: str) -> bool:
        if fault.fault != name or fault.strikes not in (place, ANY):
            return False
        if fault.probability is not None and self._dice.random() >= fault.probability:
            return False
        if fault.next is not None:
            fault.next -= 1
        fault.struck += 1
        return True


def _replaces(fault: Fault, earlier: Fault) -> bool:
    same = (fault.fault, fault.strikes) == (earlier.fault, earlier.strikes)
    return same and fault.probability is not None and earlier.probability is not None
