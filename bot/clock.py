"""The two clocks.

Conversations live by `now`, which a simulation may move. What is compared with the provider's own
dates goes by `wall`, which nothing moves.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, select

from bot.store.db import Database
from bot.store.models import ClockOffset


class Clock(Protocol):
    """What tells the time."""

    def now(self, connection: Connection | None = None) -> datetime:
        """The moment that conversations live by, in UTC.

        Who has a `connection` gives it along. A turn asks when its transaction has begun, so its
        moment is not older than what it waited for.
        """
        ...

    def wall(self) -> datetime:
        """The real moment, in UTC."""
        ...


class RealClock:
    """Both clocks show the real time."""

    def now(self, connection: Connection | None = None) -> datetime:  # noqa: ARG002 - it is known
        """The real moment."""
        return self.wall()

    def wall(self) -> datetime:
        """The real moment."""
        return datetime.now(UTC)


class SimulatedClock:
    """Ahead of the real time by the offset that all processes read from the database.

    Without a connection it takes one for itself; who holds one and gives none may wait for ever.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self, connection: Connection | None = None) -> datetime:
        """The real moment and the offset."""
        return self.wall() + self.offset(connection)

    def wall(self) -> datetime:
        """The real moment."""
        return datetime.now(UTC)

    def offset(self, connection: Connection | None = None) -> timedelta:
        """How far ahead this clock is."""
        if connection is None:
            with self._database.reading() as own:
                return self.offset(own)
        microseconds = connection.scalar(select(ClockOffset.microseconds))
        return timedelta(microseconds=microseconds or 0)
