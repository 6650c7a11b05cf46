"""Nobody waits for ever: for a lock that nobody lets go, for a server that vanished."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.conversations import engine
from bot.conversations.inbound import Inbound
from bot.store import postgresql
from bot.store.db import Database, open_database
from bot.store.models import Conversation
from bot.store.together import Together
from tests.world import NOON, Friend, World

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

MOMENT = 200
"""Milliseconds: what is 5 s elsewhere."""


@pytest.fixture
def hasty(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The same database for people who have little time."""
    monkeypatch.setattr(postgresql, "BUSY_MILLISECONDS", MOMENT)
    monkeypatch.setattr(postgresql, "IDLE_MILLISECONDS", MOMENT)
    opened = open_database(database_url)
    yield opened
    opened.close()


def lock(connection: Connection, friend: Friend) -> None:
    mine = select(Conversation.id).where(Conversation.id == friend.key[1])
    connection.execute(mine.with_for_update())


def receive(connection: Connection, inbound: list[Inbound]) -> list[str]:
    return list(engine.receive(connection, inbound, NOON, NOON))


class TestALockThatNobodyLetsGo:
    """A machine that lost its network in the middle of a transaction keeps it for two hours."""

    def test_holds_up_one_contact_and_nobody_beside_them(
        self, world: World, hasty: Database
    ) -> None:
        held, free = world.contact("+4915100000001"), world.contact("+4915100000002")
        batch: Together[Inbound, str] = Together(hasty, receive)
        with world.database.writing() as gone, ThreadPoolExecutor(2) as threads:
            lock(gone, held)
            batch._way.acquire()  # until both wait
            stuck, taken = (
                threads.submit(batch, one.message("STOP")) for one in (held, free)
            )  # fmt: skip
            while len(batch._waiting) < 2:
                pass
            batch._way.release()
            batch._waiting[0].bell.put(None)
            began = monotonic()
            with pytest.raises(OperationalError, match="lock timeout"):
                stuck.result(10)
            assert taken.result(10) == "taken"
            assert monotonic() - began < 5
        assert (held.state, free.state) == ("new", "opted_out")
        assert held.says("STOP") == "taken"

    def test_is_let_go_by_the_server(self, world: World, hasty: Database) -> None:
        friend = world.contact()
        gone = hasty.engine.connect()
        lock(gone, friend)
        assert friend.says("STOP") == "taken", "by whoever has more time"
        with pytest.raises(DBAPIError, match="idle-in-transaction"):
            gone.execute(text("SELECT 1"))
        gone.close()


def test_a_server_that_vanished_is_missed_within_seconds(database: Database) -> None:
    with database.reading() as connection:
        given = connection.connection.dbapi_connection.info.get_parameters()  # type: ignore[union-attr]
    assert {name: int(given[name]) for name in postgresql.REACHABLE} == postgresql.REACHABLE


def test_unless_the_address_says_otherwise(database_url: str) -> None:
    patient = open_database(f"{database_url}&keepalives_idle=77")
    with patient.reading() as connection:
        given = connection.connection.dbapi_connection.info.get_parameters()  # type: ignore[union-attr]
    patient.close()
    assert (given["keepalives_idle"], given["keepalives_count"]) == ("77", "3")
