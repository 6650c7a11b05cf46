"""Replies by webhook: how many a second, and how long each takes, over real HTTP."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from time import perf_counter

import psycopg

from benchmarks.batches import voices
from benchmarks.contestants import (
    ALONE,
    FLOOR,
    GUNICORN,
    HTTP,
    NAIVE,
    OURS,
    TWO,
    Contestant,
    ceiling,
    contest,
)
from benchmarks.figures import Figure, in_turns
from benchmarks.floor import Floor, floor_of
from benchmarks.ground import Ground
from benchmarks.places import KINDS, Place
from benchmarks.tables import Table
from benchmarks.town import Town, found, phone

CONNECTIONS = (1, 8, 32, 128)
DATABASE = "database alone"
COLUMNS = (
    "connections", "server", "replies/s", "ours is", "p50", "p99", "replies a commit", "not taken",
)  # fmt: skip


def measure(ground: Ground) -> list[Table]:
    """Every server at every number of connections, on both databases."""
    tables: list[Table] = []
    most = max(ceiling(ground, connections) for connections in CONNECTIONS[1:])
    for kind in KINDS:
        words = WORDS.format(most=f"{most:,.0f}") if not tables else "Read as above."
        table = Table(f"Replies a second on {kind}", words, COLUMNS)
        _measure_on(ground, kind, table)
        tables.append(table)
    return tables


def _measure_on(ground: Ground, kind: str, table: Table) -> None:
    samples = ground.plan.rounds * len(CONNECTIONS) + 1
    ground.say(f"replies on {kind}: contacts move in, servers start")
    names: tuple[str, ...] = (OURS, TWO, FLOOR, GUNICORN, ALONE, NAIVE, HTTP)
    if kind == "sqlite":  # one process at a time can write
        names = (OURS, FLOOR, ALONE, NAIVE, HTTP)
    with contest(ground, kind, names, samples) as rivals, _Ledge.on(ground, kind, samples) as ledge:
        for connections in CONNECTIONS:
            ground.say(f"replies on {kind}: {connections} connections")
            _compare(ground, rivals, ledge, connections, table)


def _compare(
    ground: Ground, rivals: dict[str, Contestant], ledge: _Ledge, connections: int, table: Table
) -> None:
    seconds, rounds = ground.plan.seconds, ground.plan.rounds
    batches: dict[str, list[float]] = {name: [] for name in rivals}

    def sample(rival: Contestant) -> Callable[[], float]:
        def take() -> float:
            before = _commits(rival)
            rate = rival.take(connections, seconds)
            batches[rival.name].append(rival.runs[-1].good / max(1, _commits(rival) - before))
            return rate

        return take

    takes = {name: sample(rival) for name, rival in rivals.items()}
    takes[DATABASE] = lambda: ledge.take(max(1, round(batches[OURS][-1])), seconds)
    taken = in_turns(takes, rounds, "/s", warm=connections == CONNECTIONS[0])
    for name, figure in taken.items():
        ratio = "" if name == OURS else taken[OURS].times(figure)
        if name not in rivals:
            table.add(str(connections), name, figure, ratio, "", "", "as ours", "0")
            continue
        runs = rivals[name].runs[-rounds:]
        p50, p99 = (
            Figure(tuple(run.percentile(part) for run in runs), " ms") for part in (0.5, 0.99)
        )
        commit = (
            Figure(tuple(batches[name][-rounds:])) if name in (OURS, TWO, GUNICORN, ALONE) else ""
        )
        table.add(
            str(connections),
            name,
            figure,
            ratio,
            p50,
            p99,
            commit,
            str(sum(run.bad for run in runs)),
        )


def _commits(rival: Contestant) -> int:
    """The commits so far: each batch of ours has a moment of its own."""
    if rival.name in (NAIVE, HTTP):
        return 0
    return count_of(rival.place, "SELECT count(DISTINCT at) FROM arrival")


def count_of(place: Place, query: str) -> int:
    """What a query counts."""
    if place.kind == "sqlite":
        lines = sqlite3.connect(place.raw)
        number = lines.execute(query).fetchone()[0]
        lines.close()
        return int(number)
    with psycopg.connect(place.raw) as connection:
        row = connection.execute(query.encode()).fetchone()
        return int(row[0]) if row else 0


@dataclass(slots=True)
class _Ledge:
    """The raw driver with contacts of its own: where replies cannot fall below."""

    ground: Ground
    place: Place
    floor: Floor
    now: datetime
    contacts: int
    _used: int = field(default=0)

    @classmethod
    def on(cls, ground: Ground, kind: str, samples: int) -> _Ledge:
        """Move so many contacts in that each sample has enough."""
        contacts = int(samples * ground.plan.seconds * 4_000)
        place = ground.places.new(kind)
        town = Town(contacts, datetime.now(UTC) - timedelta(hours=1))
        found(place, town)
        return cls(ground, place, floor_of(place), datetime.now(UTC), contacts)

    def __enter__(self) -> _Ledge:
        return self

    def __exit__(self, *_: object) -> None:
        self.floor.close()
        self.ground.places.drop(self.place)

    def take(self, size: int, seconds: float) -> float:
        """Take replies in batches of this size for so many seconds; replies a second."""
        begun, done = perf_counter(), 0
        heard = voices(self._used + 1)
        while (
            passed := perf_counter() - begun
        ) < seconds / 2 and self._used + size < self.contacts:
            done += self.floor.receive(
                [(phone(n), sid) for n, sid in islice(heard, size)], self.now
            )
            self._used += size
        return done / passed if done else 0.0


WORDS = (
    "One signed YES from each contact. *ours*: the Procfile's line. *ours, two processes*: "
    "that with WEB_CONCURRENCY=2. *ours by gunicorn*: the same application under gunicorn "
    "with 64 threads. *ours, one commit each*: messages that arrive together do not share a "
    "commit; over one connection none do, so both run the same code there, and what differs is "
    "the disk's moment. *obvious*: Flask, an ORM session and a transaction a request, an "
    "APScheduler job a contact, gunicorn with 64 threads (`benchmarks/naive`). *HTTP alone*: the "
    "Procfile's "
    "server and a view that checks the signature and forgets the message. *floor*: the "
    "Procfile's server, no framework, and the same rows by the raw driver, one commit for all "
    "who wait (`benchmarks/servers/bare.py`). *database alone*: the same rows by the raw "
    "driver in this process, in batches as large as ours became. “ours is” says how many "
    "times that rate ours reached. The load generator and the database share the two cores "
    "with the server; alone it sends {most} requests a second."
)
