"""A sender's rate, kept to the message: calls leave one after another and never closer than that.

The database gives each message a moment to leave at. Threads wake late by a little, and not all by
as much: what was spaced evenly there would leave in bunches here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import sleep

AHEAD = timedelta(seconds=1)
"""Nothing that may leave waits longer than this and a step."""

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Pace:
    """The way out of one sender in this process. `wall` tells the real moment, in UTC."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._moments: deque[datetime] = deque()
        self._step = timedelta()
        self._last = LONG_AGO
        self._way = Lock()

    @property
    def free_at(self) -> datetime:
        """The moment from which one more could leave, when all that are expected have left."""
        return self._left(self._wall()) + (len(self._moments) + 1) * self._step

    def expect(self, moment: datetime, step: timedelta) -> None:
        """Take note of when the next message is to leave, and how far apart they must be."""
        self._step = step
        self._moments.append(moment)

    def wait(self) -> timedelta:
        """Wait until one message may leave. Gives back how late it is."""
        with self._way:
            moment, wall = self._moments.popleft(), self._wall()
            leaves_at = max(moment, self._left(wall) + self._step)
            if self._is_astray(leaves_at, wall):
                leaves_at = wall + self._step
            # Once, and not until the clock says so: one that is set back must not stop the queue.
            sleep(max(0.0, (leaves_at - wall).total_seconds()))
            self._last = max(leaves_at, self._wall())
        return self._last - moment

    def _left(self, wall: datetime) -> datetime:
        """When the last one left, as the clock goes now."""
        return wall if self._is_astray(self._last, wall) else self._last

    def _is_astray(self, moment: datetime, wall: datetime) -> bool:
        """Whether a moment lies further ahead than any given out: the clock was set back."""
        return moment > wall + self._step + AHEAD
