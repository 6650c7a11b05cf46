"""What tests of the store begin with."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from bot.store.db import Database
from bot.store.models import ClockOffset


@pytest.fixture
def counter(database: Database) -> Database:
    """A database with one row to count in, at 0."""
    with database.writing() as connection:
        connection.execute(insert(ClockOffset).values(id=1, microseconds=0))
    return database
