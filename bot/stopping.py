"""Being told to stop, by a signal, while several threads are at work."""

from __future__ import annotations

import signal
from contextlib import suppress
from queue import Empty, SimpleQueue


class Stopping:
    """Told once, heard by every thread that asks or waits.

    A signal interrupts a thread anywhere. An `Event` takes a lock to be set, and where the signal
    comes while the interrupted thread holds that lock, both wait for each other for ever; a
    `SimpleQueue` may be put into from anywhere.
    https://docs.python.org/3/library/queue.html#simplequeue-objects
    """

    def __init__(self) -> None:
        self._told = False
        self._bell: SimpleQueue[None] = SimpleQueue()

    def on(self, *signals: signal.Signals) -> None:
        """Stop at any of these signals. Only the main thread may ask for that."""
        for number in signals:
            signal.signal(number, lambda *_: self.tell())

    def tell(self) -> None:
        """Say that it is time to stop."""
        self._told = True
        self._bell.put(None)

    @property
    def told(self) -> bool:
        """Whether it is time to stop."""
        return self._told

    def wait(self, seconds: float) -> bool:
        """Wait until it is time to stop, so many seconds at most; gives back whether it is."""
        if not self._told:
            with suppress(Empty):
                self._bell.get(timeout=seconds)
                # For whoever waits beside us.
                self._bell.put(None)
        return self._told
