"""Many want to write on SQLite, where one at a time can: everybody's turn comes, and soon."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import OperationalError

from bot.store import sqlite
from bot.store.db import Database, open_database
from bot.store.models import ClockOffset
from bot.store.turnstile import Turnstile
from tests.acceptance.processes import eventually

TURNS = 100
FEW = 600
"""Transactions of others that go first, of some milliseconds each; patience ends at 5 s."""

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def count(connection: Connection) -> int:
    return connection.scalars(select(ClockOffset.microseconds)).one()


def write(database: Database) -> int:
    """Add one; how much there was before."""
    with database.writing() as connection:
        before = count(connection)
        connection.execute(update(ClockOffset).values(microseconds=before + 1))
        return before


def write_without_a_pause(url: str, done: Any) -> None:
    database = open_database(url)
    while not done.is_set():
        write(database)
    database.close()


@contextmanager
def busy_processes(url: str, many: int) -> Iterator[None]:
    context = get_context("spawn")
    done = context.Event()
    processes = [
        context.Process(target=write_without_a_pause, args=(url, done)) for _ in range(many)
    ]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        done.set()
        for process in processes:
            process.join(30)


@ON_SQLITE
def test_no_process_starves_beside_others_that_write_without_a_pause(
    counter: Database, database_url: str
) -> None:
    def waited_for() -> int:
        with counter.reading() as connection:
            before = count(connection)
        return write(counter) - before

    def is_written_by_others() -> bool:
        with counter.reading() as connection:
            return count(connection) > 50

    with busy_processes(database_url, 2):
        eventually(is_written_by_others, "the others write")
        assert max(waited_for() for _ in range(TURNS)) < FEW


@ON_SQLITE
def test_one_thread_writes_at_a_time_beside_many(counter: Database) -> None:
    with ThreadPoolExecutor(16) as threads:
        before = list(threads.map(lambda _: write(counter), range(200)))
    assert sorted(before) == list(range(200))


@ON_SQLITE
def test_who_waits_in_vain_hears_why_and_the_next_may_write(
    counter: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 50)
    with ThreadPoolExecutor(1) as other, counter.writing():
        answer = other.submit(write, counter)
        with pytest.raises(OperationalError, match="others held the way"):
            answer.result()
    assert write(counter) == 0


@ON_SQLITE
def test_who_waits_for_another_process_in_vain_hears_why(
    counter: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 50)
    another = open_database(database_url)
    with another.writing(), pytest.raises(OperationalError, match="database is locked"):
        write(counter)
    another.close()
    assert write(counter) == 0


class TestTheTurnstile:
    def test_lets_those_who_wait_through_in_the_order_of_their_coming(self) -> None:
        way, order = Turnstile(), list[int]()

        def come(number: int) -> None:
            way.enter(10)
            order.append(number)
            way.leave()

        way.enter(1)
        with ThreadPoolExecutor(8) as threads:
            for number in range(8):
                threads.submit(come, number)
                eventually(lambda: len(way) == number + 1, "they wait")  # noqa: B023 - at once
            way.leave()
        assert order == list(range(8))

    def test_is_not_taken_by_who_was_there_just_now(self) -> None:
        way = Turnstile()
        way.enter(1)
        with ThreadPoolExecutor(1) as other:
            waits = other.submit(way.enter, 10)
            eventually(lambda: len(way) == 1, "the other waits")
            way.leave()
            with pytest.raises(TimeoutError):
                way.enter(0.01)
            assert waits.result() is None
        way.leave()
        way.enter(0.01)

    def test_forgets_who_gave_up(self) -> None:
        way = Turnstile()
        way.enter(1)
        with pytest.raises(TimeoutError, match=r"others held the way for 0\.01 s"):
            way.enter(0.01)
        assert len(way) == 0
        way.leave()
        way.enter(0.01)
