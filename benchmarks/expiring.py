"""A process that lets everything due expire: by the engine in the worker's batches, or the floor.

`python -m benchmarks.expiring engine|floor URL NOW` prints the rate and its own peak memory.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from time import perf_counter

from benchmarks.floor import floor_of
from benchmarks.peers.silence import tell
from benchmarks.places import Place
from bot import garbage
from bot.conversations import engine
from bot.store.db import open_database
from bot.worker import BATCH

Expire = Callable[[], int]


def main() -> None:
    """Expire until nothing is left."""
    how, url, moment = sys.argv[1:]
    place = Place("sqlite" if url.startswith("sqlite") else "postgresql", url)
    now = datetime.fromisoformat(moment)
    expire = by_engine(place, now) if how == "engine" else by_floor(place, now)
    garbage.settle()
    begun, count = perf_counter(), 0
    while batch := expire():
        count += batch
    tell(count=count, expire=count / (perf_counter() - begun))


def by_engine(place: Place, now: datetime) -> Expire:
    """Batches as the worker takes them."""
    database = open_database(place.url)

    def expire() -> int:
        with database.writing() as connection:
            return engine.expire(connection, now, BATCH)

    return expire


def by_floor(place: Place, now: datetime) -> Expire:
    """Batches of the same size by the raw driver."""
    floor = floor_of(place)
    return lambda: floor.expire(now, BATCH)


if __name__ == "__main__":
    main()
