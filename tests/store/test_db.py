"""What both databases promise: nothing is lost, nothing shifts, and the ledger stays as it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from multiprocessing import get_context
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from bot.clock import SimulatedClock
from bot.store.db import Database, open_database
from bot.store.models import ClockOffset, Entry, Heartbeat, Message, Stray
from tests.world import Friend, World

ROUNDS, HANDS = 25, 4

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def count(database: Database) -> int:
    with database.reading() as connection:
        return connection.scalars(select(ClockOffset.microseconds)).one()


def add_one(connection: Connection) -> None:
    """Read, think, write: how updates are lost."""
    query = select(ClockOffset.microseconds).with_for_update()
    before = connection.scalars(query).one()
    connection.execute(update(ClockOffset).values(microseconds=before + 1))


def add_many(url: str) -> None:
    database = open_database(url)
    for _ in range(ROUNDS):
        with database.writing() as connection:
            add_one(connection)
    database.close()


def test_threads_lose_no_update(counter: Database) -> None:
    barrier = Barrier(HANDS)

    def work(_: int) -> None:
        barrier.wait(10)
        for _ in range(ROUNDS):
            with counter.writing() as connection:
                add_one(connection)

    with ThreadPoolExecutor(HANDS) as threads:
        list(threads.map(work, range(HANDS)))
    assert count(counter) == HANDS * ROUNDS


@ON_SQLITE
def test_processes_lose_no_update(counter: Database, database_url: str) -> None:
    context = get_context("spawn")
    processes = [context.Process(target=add_many, args=(database_url,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0, 0]
    assert count(counter) == 2 * ROUNDS


@ON_SQLITE
def test_sqlite_is_set_up_to_survive(database: Database) -> None:
    wanted = {
        "journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1,
        "trusted_schema": 0,
    }  # fmt: skip
    with database.reading() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    assert found == wanted


@ON_POSTGRESQL
def test_postgresql_waits_for_the_disk(database: Database) -> None:
    with database.writing() as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"


def test_a_reader_is_not_kept_waiting_by_a_writer(counter: Database) -> None:
    with counter.writing() as connection:
        add_one(connection)
        assert count(counter) == 0
    assert count(counter) == 1


def test_a_reader_sees_one_moment(counter: Database) -> None:
    with counter.reading() as reader:
        query = select(ClockOffset.microseconds)
        before = reader.scalars(query).one()
        with counter.writing() as connection:
            add_one(connection)
        assert reader.scalars(query).one() == before


def test_what_fails_was_never_there(counter: Database) -> None:
    def fails() -> None:
        with counter.writing() as connection:
            add_one(connection)
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fails()
    assert count(counter) == 0


MOMENTS = [
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 8, 0, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))),
    datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
    datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=14))),
    datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=45, seconds=7))),
]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_moment_comes_back_as_it_was_in_utc(database: Database, moment: datetime) -> None:
    with database.writing() as connection:
        connection.execute(insert(Heartbeat).values(name="one", at=moment, words=""))
        found = connection.scalars(select(Heartbeat.at).where(Heartbeat.at == moment)).one()
    assert found == moment
    assert found.utcoffset() == timedelta(0)


def test_moments_are_ordered_by_when_they_were(database: Database) -> None:
    with database.writing() as connection:
        rows = [{"name": str(n), "at": at, "words": ""} for n, at in enumerate(MOMENTS)]
        connection.execute(insert(Heartbeat), rows)
        found = connection.scalars(select(Heartbeat.at).order_by(Heartbeat.at)).all()
    assert list(found) == sorted(MOMENTS)


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
    with database.writing() as connection, pytest.raises(StatementError, match="no time zone"):
        connection.execute(insert(Heartbeat).values(name="one", at=naive, words=""))


def test_no_document_is_null_and_not_the_word_null(world: World) -> None:
    world.contact().is_asked()
    with world.database.writing() as connection:
        connection.execute(update(Message).values(media=None, variables=None))
        both = Message.media.is_(None) & Message.variables.is_(None)
        assert connection.scalars(select(Message.kind).where(both)).all() == ["ask"]


def test_a_document_comes_back_as_it_was(database: Database) -> None:
    form: dict[str, Any] = {"é": ["ß", None, 1.5, {"a": True}], "": "\u2028"}
    with database.writing() as connection:
        row = {"sid": "x", "reason": "", "form": form, "at": MOMENTS[0]}
        connection.execute(insert(Stray), [row])
        assert connection.scalars(select(Stray.form)).one() == form


class TestTheLedger:
    @pytest.fixture(autouse=True)
    def friend(self, world: World) -> Friend:
        friend = world.contact()
        friend.is_asked()
        friend.says("Yes")
        return friend

    @pytest.mark.parametrize(
        "change",
        [
            update(Entry).values(body="{}"),
            update(Entry).values(kind="consent.given"),
            update(Entry).values(hash="0" * 64, previous=""),
            update(Entry).values(at=MOMENTS[0]),
            update(Entry).values(seq=Entry.seq + 10),
            update(Entry).values(personal={"salt": "x", "values": {}}),
            update(Entry).values(personal=None, kind="consent.given"),
            delete(Entry),
            delete(Entry).where(Entry.seq == 2),
        ],
        ids=str,
    )
    def test_is_neither_changed_nor_deleted(self, database: Database, change: Any) -> None:
        def spoil() -> None:
            with database.writing() as connection:
                connection.execute(change)

        before = self.entries(database)
        with pytest.raises(DBAPIError, match="append-only"):
            spoil()
        assert self.entries(database) == before

    @ON_POSTGRESQL
    def test_is_not_truncated(self, database: Database) -> None:
        def spoil() -> None:
            with database.writing() as connection:
                connection.execute(text("TRUNCATE ledger"))

        with pytest.raises(DBAPIError, match="append-only"):
            spoil()

    def test_lets_personal_values_go_and_still_proves(
        self, friend: Friend, database: Database
    ) -> None:
        with database.writing() as connection:
            connection.execute(update(Entry).values(personal=None))
        assert [link.personal for link in friend.links] == [None, None]
        assert friend.is_proved()

    def entries(self, database: Database) -> list[Any]:
        with database.reading() as connection:
            query = select(Entry.seq, Entry.body, Entry.personal, Entry.hash).order_by(Entry.seq)
            return list(connection.execute(query).all())


def test_the_simulated_clock_reads_its_offset_from_the_database(counter: Database) -> None:
    clock = SimulatedClock(counter)
    with counter.writing() as connection:
        connection.execute(update(ClockOffset).values(microseconds=86_400_000_000))
    assert clock.offset() == timedelta(days=1)
    assert clock.wall() + timedelta(days=1) <= clock.now()
    assert clock.now() - clock.wall() < timedelta(days=1, seconds=5)


def test_a_clock_that_was_never_moved_shows_the_real_time(database: Database) -> None:
    assert SimulatedClock(database).offset() == timedelta(0)
