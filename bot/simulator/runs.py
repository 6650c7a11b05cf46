"""Scenarios that were played: what was done, what was seen, how it ended."""

import itertools
import threading
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any, Final

RUNNING: Final = "running"
DONE: Final = "done"
FAILED: Final = "failed"
KEPT: Final = 50


@dataclass(slots=True)
class Run:
    """One scenario being played, with one fresh contact."""

    number: int
    scenario: str
    phone: str
    status: str = RUNNING
    steps: list[str] = field(default_factory=list)

    def tell(self, words: str) -> None:
        """Add what was done or seen."""
        self.steps.append(words)

    def end(self, status: str, words: str) -> None:
        """Say how it ended."""
        self.tell(words)
        self.status = status


class Runs:
    """The last runs, oldest first."""

    def __init__(self) -> None:
        """Start empty."""
        self._runs: deque[Run] = deque(maxlen=KEPT)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def start(self, scenario: str, phone: str) -> Run:
        """Begin a run."""
        with self._lock:
            run = Run(next(self._numbers), scenario, phone)
            self._runs.append(run)
        return run

    def find(self, number: int) -> Run | None:
        """Return a run by its number, or None."""
        return next((run for run in list(self._runs) if run.number == number), None)

    def last(self, count: int) -> list[dict[str, Any]]:
        """Return the last runs, newest first."""
        with self._lock:
            return [asdict(run) for run in list(self._runs)[::-1][:count]]

    def forget_everything(self) -> None:
        """Drop all runs; numbers go on."""
        with self._lock:
            self._runs.clear()
