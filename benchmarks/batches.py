"""The engine against the raw driver, in this process: the same rows in batches of the same size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, islice
from time import perf_counter

import psycopg

from benchmarks.figures import Sample, in_turns
from benchmarks.floor import floor_of
from benchmarks.ground import Ground
from benchmarks.places import KINDS, Place
from benchmarks.tables import Table
from benchmarks.town import SENDER, Town, answer, found, phone
from bot.conversations import engine
from bot.conversations.inbound import Inbound
from bot.store.db import Database, open_database
from flows.replies import Heard

SIZES = {"receive": (1, 8, 32, 64), "expire": (1, 32, 500)}
WRITTEN = ("arrival", "conversation", "message", "notice", "ledger")

WORDS = (
    "Batches in one process, without HTTP: `engine.receive` and `engine.expire` against the raw "
    "driver (`psycopg` with one JSON document a table, `sqlite3` with `executemany`), which writes "
    "the same rows to the same tables in as many commits and decides nothing."
)
WEIGHT = "Counted in the tables on PostgreSQL after the batches above: the floor writes no less."

Work = Callable[[int], None]
"""Takes a batch of so many turns in one commit."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared, on a town of its own, by trigger."""

    place: Place
    work: Mapping[str, Work]


def measure(ground: Ground) -> list[Table]:
    """Batches of several sizes, on both databases."""
    columns = ("database", "trigger", "batch", "engine, turns/s", "floor, turns/s", "engine/floor")
    speed = Table("The engine and the raw driver", WORDS, columns)
    left = ("trigger", "engine, rows", "floor, rows", "engine, bytes", "floor, bytes")
    weight = Table("What a turn leaves behind", WEIGHT, left)
    for kind in KINDS:
        _measure_on(ground, kind, speed, weight)
    return [speed, weight]


def _measure_on(ground: Ground, kind: str, speed: Table, weight: Table) -> None:
    rounds = ground.plan.rounds + 1
    needed = sum(rounds * _turns(ground, size) for sizes in SIZES.values() for size in sizes)
    town = Town(needed, datetime.now(UTC) - timedelta(hours=25))
    ground.say(f"batches on {kind}: {needed:,} contacts move in")
    with _two_sides(ground, kind, town) as sides:
        for trigger, sizes in SIZES.items():
            before = [_written(side.place) for side in sides.values()]
            for size in sizes:
                ground.say(f"batches on {kind}: {trigger}, {size} at a time")
                _compare(ground, kind, trigger, size, sides, speed)
            after = [_written(side.place) for side in sides.values()]
            turns = sum(rounds * _turns(ground, size) for size in sizes)
            if kind == "postgresql":
                grown = [
                    f"{(late[part] - early[part]) / turns:,.1f}"
                    for part in (0, 1) for early, late in zip(before, after, strict=True)
                ]  # fmt: skip
                weight.add(trigger, *grown)


def _compare(
    ground: Ground, kind: str, trigger: str, size: int, sides: Mapping[str, Side], speed: Table
) -> None:
    turns = _turns(ground, size)
    samples = {name: _rate(side.work[trigger], size, turns) for name, side in sides.items()}
    taken = in_turns(samples, ground.plan.rounds, "/s")
    ours, floor = taken["engine"], taken["floor"]
    speed.add(kind, trigger, str(size), ours, floor, ours.times(floor))


def _turns(ground: Ground, size: int) -> int:
    """How many turns a sample has: whole batches."""
    return -(-ground.plan.turns // size) * size


def _rate(work: Work, size: int, turns: int) -> Sample:
    def sample() -> float:
        begun = perf_counter()
        for _ in range(turns // size):
            work(size)
        return turns / (perf_counter() - begun)

    return sample


@contextmanager
def _two_sides(ground: Ground, kind: str, town: Town) -> Iterator[dict[str, Side]]:
    place = ground.places.new(kind)
    found(place, town)
    twin = ground.places.copy(place)
    database, floor = open_database(place.url), floor_of(twin)
    now = town.due_in_round(0)
    ours, theirs = voices(), voices()

    def fall_silent(size: int) -> None:
        _all(floor.expire(now, size), size)

    def say_yes(size: int) -> None:
        _all(floor.receive([(phone(n), sid) for n, sid in islice(theirs, size)], now), size)

    try:
        yield {
            "engine": Side(
                place,
                {
                    "receive": partial(_receive, database, ours, now),
                    "expire": partial(_expire, database, now),
                },
            ),
            "floor": Side(twin, {"receive": say_yes, "expire": fall_silent}),
        }
    finally:
        database.close()
        floor.close()
        ground.places.drop(place, twin)


def voices(start: int = 1) -> Iterator[tuple[int, str]]:
    """Contacts one after the other, each with the sid of a message."""
    return ((number, f"SM{number:032d}") for number in count(start))


def _receive(
    database: Database, heard: Iterator[tuple[int, str]], now: datetime, size: int
) -> None:
    said = [Inbound(sid, SENDER, phone(n), Heard(answer(n))) for n, sid in islice(heard, size)]
    with database.writing() as connection:
        verdicts = engine.receive(connection, said, now, now)
    _all(verdicts.count("taken"), size)


def _expire(database: Database, now: datetime, size: int) -> None:
    with database.writing() as connection:
        _all(engine.expire(connection, now, size), size)


def _all(done: int, size: int) -> None:
    if done != size:
        raise RuntimeError(f"{done} turns were taken where {size} were meant")


def _written(place: Place) -> tuple[int, int]:
    """Rows and their bytes in the tables that turns write to; nothing for SQLite."""
    if place.kind == "sqlite":
        return 0, 0
    parts = (f"SELECT count(*) n, sum(octet_length(t::text)) b FROM {name} t" for name in WRITTEN)
    query = f"SELECT sum(n), sum(b) FROM ({' UNION ALL '.join(parts)}) every"
    with psycopg.connect(place.raw) as connection:
        rows, weight = connection.execute(query.encode()).fetchone() or (0, 0)
    return int(rows), int(weight)
