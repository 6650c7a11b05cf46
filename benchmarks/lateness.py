"""A thousand time-outs a second while replies go on: how late they are, what replies keep."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

import psycopg

from benchmarks.contestants import OURS, contest
from benchmarks.figures import Figure, in_turns
from benchmarks.ground import Ground
from benchmarks.places import Place
from benchmarks.programs import Program, free_port, procfile, running, settings
from benchmarks.tables import Table

CONNECTIONS = 32
A_SECOND = 1_000
LOOK = 0.02
"""Seconds between two looks for somebody whose time has been up too long."""

ARM = """
    UPDATE conversation SET due_at = clock_timestamp() + r.place * interval '1 second' / %s
    FROM (SELECT organization_id, id, row_number() OVER (ORDER BY id DESC) AS place
          FROM conversation WHERE state = 'requested' ORDER BY id DESC LIMIT %s) r
    WHERE conversation.organization_id = r.organization_id AND conversation.id = r.id
"""
OLDEST = "SELECT extract(epoch FROM clock_timestamp() - min(due_at)) FROM conversation"


def measure(ground: Ground) -> Table:
    """Web and worker as processes, on PostgreSQL."""
    columns = ("replies/s alone", "replies/s meanwhile", "kept", "latest time-out, s")
    table = Table("A thousand time-outs a second, and replies meanwhile", WORDS, columns)
    ground.say("timeouts: a thousand a second while replies go on")
    seconds = max(1.5, 2 * ground.plan.seconds)
    late: list[float] = []
    samples = int(5 * (ground.plan.rounds + 1) * seconds / ground.plan.seconds)
    with contest(ground, "postgresql", (OURS,), samples) as rivals:
        web = rivals[OURS]
        environment = settings(web.place.url, free_port())
        worker = Program("worker", procfile("worker"), environment, ground.folder)
        with running({"worker": worker}):
            sleep(2)

            def meanwhile() -> float:
                with _time_passes(web.place, seconds, late):
                    return web.take(CONNECTIONS, seconds)

            samples_ = {"alone": lambda: web.take(CONNECTIONS, seconds), "meanwhile": meanwhile}
            taken = in_turns(samples_, ground.plan.rounds, "/s")
    alone, busy = taken["alone"], taken["meanwhile"]
    table.add(alone, busy, busy.times(alone), Figure(tuple(late[-ground.plan.rounds :])))
    return table


@contextmanager
def _time_passes(place: Place, seconds: float, late: list[float]) -> Iterator[None]:
    """Let a thousand be due in each of so many seconds, and watch how long they have to wait."""
    with psycopg.connect(place.raw, autocommit=True) as connection:
        connection.execute(ARM.encode(), (A_SECOND, int(A_SECOND * seconds)))
        worst, over = [0.0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(place, worst, over))
        watcher.start()
        try:
            yield
            deadline = monotonic() + 60
            while _oldest(connection) > -3600 and monotonic() < deadline:
                sleep(LOOK)
        finally:
            over.set()
            watcher.join()
    late.append(worst[0])


def _watch(place: Place, worst: list[float], over: threading.Event) -> None:
    with psycopg.connect(place.raw, autocommit=True) as connection:
        while not over.wait(LOOK):
            worst[0] = max(worst[0], _oldest(connection))


def _oldest(connection: psycopg.Connection[tuple[float]]) -> float:
    """Seconds by which the most overdue one is late; far below 0 when none is due soon."""
    row = connection.execute(OLDEST.encode()).fetchone()
    return float(row[0]) if row and row[0] is not None else -1e9


WORDS = (
    "On PostgreSQL, with the Procfile's web and worker as processes and 32 connections. "
    "Lateness is the age of the oldest time-out that is due and not committed, looked at every "
    "20 ms."
)
