"""Jobs that wait together share one commit, and nobody pays for another's fault."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.store.bulk import Overtaken, insert_all
from bot.store.db import Database, open_database
from bot.store.models import Heartbeat
from bot.store.together import MOST, TRIES, Abandoned, Together
from tests.world import NOON


class Desk:
    """Writes down names; some of them go wrong."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.batches: list[list[str]] = []
        self.wrong: dict[str, Callable[[], BaseException]] = {}
        self.let_go = Event()
        self.together: Together[str, str] = Together(database, self.work)

    def work(self, connection: Connection, names: list[str]) -> list[str]:
        self.batches.append(names)
        if names == ["first"]:
            self.let_go.wait(10)
        insert_all(connection, Heartbeat, [{"name": n, "at": NOON, "words": ""} for n in names])
        for name in names:
            if name in self.wrong:
                raise self.wrong[name]()
        return [name.upper() for name in names]

    def all_at_once(self, *names: str) -> dict[str, Future[str]]:
        """Ask for all while the first is being done, so that the others wait together."""
        with ThreadPoolExecutor(len(names) + 1) as threads:
            first = threads.submit(self.together, "first")
            while not self.batches:
                pass
            waiting = {name: threads.submit(self.together, name) for name in names}
            while len(self.together._waiting) < len(names):
                pass
            self.let_go.set()
        assert first.result() == "FIRST"
        return waiting

    @property
    def written(self) -> set[str]:
        with self.database.reading() as connection:
            return set(connection.scalars(select(Heartbeat.name)))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_a_single_job(desk: Desk) -> None:
    assert desk.together("one") == "ONE"
    assert desk.written == {"one"}


def test_nobody_waits_for_one_who_was_stopped_while_working_for_all(desk: Desk) -> None:
    desk.wrong = {"bad": SystemExit}
    answers = desk.all_at_once("bad", "good")
    faults = {type(answer.exception()) for answer in answers.values()}
    assert faults == {SystemExit, Abandoned}
    desk.wrong = {}
    assert desk.together("later") == "LATER"


def test_who_waits_together_shares_one_commit(desk: Desk) -> None:
    names = [f"n{n}" for n in range(10)]
    answers = desk.all_at_once(*names)
    assert {name: answer.result() for name, answer in answers.items()} == {
        name: name.upper() for name in names
    }
    assert [sorted(batch) for batch in desk.batches] == [["first"], sorted(names)]


def test_a_batch_has_its_limits(desk: Desk) -> None:
    desk.all_at_once(*(f"n{n}" for n in range(MOST + 6)))
    assert [len(batch) for batch in desk.batches] == [1, MOST, 6]


def test_a_job_that_fails_fails_alone(desk: Desk) -> None:
    desk.wrong["bad"] = ArithmeticError
    answers = desk.all_at_once("a", "bad", "b")
    assert (answers["a"].result(), answers["b"].result()) == ("A", "B")
    with pytest.raises(ArithmeticError):
        answers["bad"].result()
    assert desk.written == {"first", "a", "b"}


def test_a_job_that_was_overtaken_is_taken_anew(desk: Desk) -> None:
    left = [Overtaken()] * (TRIES - 1)

    def overtaken() -> Exception:
        error = left.pop()
        if not left:
            del desk.wrong["late"]
        return error

    desk.wrong["late"] = overtaken
    assert desk.together("late") == "LATE"
    assert desk.batches == [["late"]] * TRIES


def test_a_job_that_is_overtaken_again_and_again_says_so(desk: Desk) -> None:
    desk.wrong["late"] = Overtaken
    with pytest.raises(Overtaken):
        desk.together("late")
    assert desk.batches == [["late"]] * (TRIES + 1)
    assert desk.written == set()


def test_a_job_that_stands_already_fails_after_a_few_tries(desk: Desk) -> None:
    desk.together("one")
    answers = desk.all_at_once("one", "two")
    assert answers["two"].result() == "TWO"
    with pytest.raises(IntegrityError):
        answers["one"].result()


def test_a_database_that_is_away_is_said_at_once_to_all(desk: Desk) -> None:
    away = OperationalError("", {}, OSError("gone"))
    desk.wrong["a"] = lambda: away
    answers = desk.all_at_once("a", "b", "c")
    for answer in answers.values():
        with pytest.raises(OperationalError):
            answer.result()
    assert len(desk.batches) == 2, "nobody waits for it once more"

    desk.wrong.clear()
    assert desk.together("d") == "D"
    assert desk.written == {"first", "d"}


def test_a_database_that_cannot_be_opened_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "assent.db"
    path.mkdir()
    database = open_database(f"sqlite:///{path}")
    together: Together[int, int] = Together(
        database, lambda connection, jobs: [connection.scalar(text("SELECT 7")) or 0 for _ in jobs]
    )
    with pytest.raises(OperationalError):
        together(1)
    path.rmdir()
    assert together(1) == 7
    database.close()


def test_connections_that_the_server_closed_are_replaced(database: Database) -> None:
    desk = Desk(database)
    desk.together("before")
    if database.name == "postgresql":
        killer = open_database(database.engine.url.render_as_string(hide_password=False))
        with killer.writing() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        killer.close()
    else:
        database.close()
    assert desk.together("after") == "AFTER"


def test_a_crowd(desk: Desk) -> None:
    desk.wrong |= {f"n{n}": ArithmeticError for n in range(0, 200, 40)}
    desk.let_go.set()

    def ask(name: str) -> str:
        try:
            return desk.together(name)
        except ArithmeticError:
            return "wrong"

    names = [f"n{n}" for n in range(200)]
    with ThreadPoolExecutor(24) as threads:
        answers = dict(zip(names, threads.map(ask, names), strict=True))

    assert {name for name, answer in answers.items() if answer == "wrong"} == set(desk.wrong)
    assert desk.written == set(names) - set(desk.wrong)
