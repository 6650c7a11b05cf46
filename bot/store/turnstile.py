"""One at a time, in the order of their coming."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Turnstile:
    """Lets threads through one after the other; who has waited longest goes first.

    A plain lock goes to whoever grabs it, and under load the same few grab it again and again.
    """

    def __init__(self) -> None:
        self._look = Lock()
        self._is_free = True
        self._waiting: deque[Lock] = deque()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def enter(self, seconds: float) -> None:
        """Come through, or raise `TimeoutError` after so many seconds."""
        with self._look:
            if self._is_free:
                self._is_free = False
                return
            gate = Lock()
            gate.acquire()
            self._waiting.append(gate)
        if not gate.acquire(timeout=seconds):
            self._give_up(gate, seconds)

    def leave(self) -> None:
        """Hand the way to the next, and let nobody in between."""
        with self._look:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_free = True

    def _give_up(self, gate: Lock, seconds: float) -> None:
        with self._look:
            # Who is not in the queue any more was handed the way in this very moment.
            if gate in self._waiting:
                self._waiting.remove(gate)
                raise TimeoutError(f"others held the way for {seconds:g} s")
