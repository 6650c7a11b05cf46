"""A clock that can be moved: real time plus an offset."""

import threading
from datetime import UTC, datetime, timedelta


class MovableClock:
    """Tells aware UTC time; moving it changes dates and the 24-hour window, never delays."""

    def __init__(self) -> None:
        """Start at real time."""
        self._offset = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the time the stand-in believes it is."""
        return datetime.now(UTC) + self.offset

    @property
    def offset(self) -> timedelta:
        """How far the clock is ahead of real time."""
        with self._lock:
            return self._offset

    def advance(self, seconds: float) -> None:
        """Move the clock by so many seconds, backwards if negative; OverflowError if absurd."""
        step = timedelta(seconds=seconds)
        with self._lock:
            _ = datetime.now(UTC) + self._offset + step
            self._offset += step

    def put_ahead(self, seconds: float) -> None:
        """Set how far the clock is ahead of real time."""
        with self._lock:
            self._offset = timedelta(seconds=seconds)

    def reset(self) -> None:
        """Return to real time."""
        with self._lock:
            self._offset = timedelta()
