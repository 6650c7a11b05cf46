"""Who asks in bulk without anybody calling."""

from __future__ import annotations

import pytest

from bot.config import Settings
from bot.runtime import Runtime
from tests.messaging.conftest import StoryClock
from tests.world import World


@pytest.fixture
def runtime(world: World, database_url: str) -> Runtime:
    """What a worker works with, by the story's clock."""
    settings = Settings(_env_file=None, database_url=database_url)
    return Runtime(settings, world.database, StoryClock(world))
