"""The impure things in one value: settings, database, provider, clock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bot.clock import Clock, RealClock, SimulatedClock
from bot.config import Settings, load_settings
from bot.messaging.gateway import Gateway
from bot.store.db import Database, open_database


@dataclass(frozen=True)
class Runtime:
    """What code at the edge is given, and passes on piece by piece."""

    settings: Settings
    database: Database
    clock: Clock

    @cached_property
    def gateway(self) -> Gateway:
        """The way to Twilio, made when it is first needed. Raises `Misconfigured`."""
        self.settings.require_all()
        return Gateway(self.settings)


def load_runtime(settings: Settings | None = None) -> Runtime:
    """Put a runtime together from the settings. Nothing is connected yet."""
    settings = settings or load_settings()
    database = open_database(settings.database_url)
    clock: Clock = SimulatedClock(database) if settings.simulator else RealClock()
    return Runtime(settings, database, clock)
