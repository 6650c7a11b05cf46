"""The two clocks.

Conversations live by `now`, which a simulation may move. What is compared with the provider's own
dates goes by `wall`, which nothing moves.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import select

from bot.store.db import Database
from bot.store.models import ClockOffset


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The moment that conversations live by, in UTC."""
        ...

    def wall(self) -> datetime:
        """The real moment, in UTC."""
        ...


class RealClock:
    """Both clocks show the real time."""

    def now(self) -> datetime:
        """The real moment."""
        return datetime.now(UTC)

    wall = now


class SimulatedClock:
    """Ahead of the real time by the offset that all processes read from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """The real moment and the offset."""
        return self.wall() + self.offset()

    def wall(self) -> datetime:
        """The real moment."""
        return datetime.now(UTC)

    def offset(self) -> timedelta:
        """How far ahead this clock is."""
        with self._database.reading() as connection:
            microseconds = connection.scalar(select(ClockOffset.microseconds))
        return timedelta(microseconds=microseconds or 0)
