"""The impure things in one value: settings, database, clock."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock, RealClock, SimulatedClock
from bot.config import Settings, load_settings
from bot.store.db import Database, open_database


@dataclass(frozen=True)
class Runtime:
    """What code at the edge is given, and passes on piece by piece."""

    settings: Settings
    database: Database
    clock: Clock


def load_runtime(settings: Settings | None = None) -> Runtime:
    """Put a runtime together from the settings. Nothing is connected yet."""
    settings = settings or load_settings()
    database = open_database(settings.database_url)
    clock: Clock = SimulatedClock(database) if settings.simulator else RealClock()
    return Runtime(settings, database, clock)
