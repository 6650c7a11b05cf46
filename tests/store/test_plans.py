"""What is done all day never reads a table whole, however many contacts there are.

PostgreSQL is told to avoid reading tables whole, as it would by itself with many rows; where it
does all the same, no index serves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.campaigns import course
from bot.campaigns.progress import progress_of_each
from bot.conversations import engine, held, reading, timeline
from bot.messaging import fates, outbox, reconcile, silence
from bot.people import search
from bot.store.bulk import insert_all, update_all
from bot.store.db import Database
from bot.store.models import Stray
from tests.world import Friend, World

WHOLE_IS_FINE = {"pause", "sender"}
"""Tables that do not grow with contacts."""

LEASE = timedelta(seconds=20)


def hear(connection: Connection, friend: Friend) -> object:
    now = friend.world.now
    return engine.receive(connection, [friend.message("yes")], now, now)


def may_send(connection: Connection, friend: Friend) -> object:
    return held.by_ends(connection, [(friend.house.address, friend.phone)], lock=False)


def read_timeline(connection: Connection, friend: Friend) -> object:
    return timeline.lines(connection, friend.key)


def search_by(words: str, state: str) -> Callable[[Connection, Friend], object]:
    def search_for(connection: Connection, friend: Friend) -> object:
        return search.find(connection, friend.key[0], words=words, state=state, after="", limit=20)

    return search_for


def expire(connection: Connection, friend: Friend) -> object:
    return engine.expire(connection, friend.world.now + timedelta(hours=25))


def find_senders(connection: Connection, friend: Friend) -> object:
    return outbox.senders_with_mail(connection, friend.world.now, friend.world.now)


def claim(connection: Connection, friend: Friend) -> object:
    now = friend.world.now
    return outbox.claim(connection, friend.house.sender_id, now, now, 10, LEASE)


def hear_of_it(connection: Connection, _friend: Friend) -> object:
    return fates.by_token(connection, ["token"])


def doubt(connection: Connection, friend: Friend) -> object:
    return reconcile.doubtful(connection, friend.world.now, friend.world.now)


def wonder(connection: Connection, friend: Friend) -> object:
    return silence.silent(connection, friend.world.now)


def list_briefly(connection: Connection, friend: Friend) -> object:
    return reading.last_lines(connection, friend.key[0], [friend.key[1]])


def list_bulk_requests(connection: Connection, friend: Friend) -> object:
    course.everyone(connection, friend.key[0], limit=20, before=friend.key[1])
    return progress_of_each(connection, [friend.key])


PATHS = [
    hear, may_send, read_timeline, search_by("jo", ""), search_by("+49151", ""),
    search_by("", "requested"), search_by("jo", "requested"), search_by("", ""), expire,
    find_senders, claim, hear_of_it, doubt, wonder, list_briefly,
    list_bulk_requests,
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_reads_no_table_whole(world: World, path: Callable[[Connection, Friend], object]) -> None:
    friend = world.contact()
    friend.is_asked()
    with world.database.writing() as connection:
        if world.database.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        with remembered(connection) as asked:
            path(connection, friend)
        assert asked
        whole = {table for one in asked for table in _read_whole(connection, *one)}
    assert whole <= WHOLE_IS_FINE


def test_writes_one_of_a_few_thousand_by_its_key(database: Database) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    rows = [{"sid": f"{n}", "reason": "few", "form": {}, "at": now} for n in range(2_000)]
    with database.writing() as connection:
        insert_all(connection, Stray, rows)
        connection.exec_driver_sql("ANALYZE")
        with remembered(connection) as asked:
            assert update_all(connection, Stray, rows[:1], keys=("sid",)) == 1
        [written] = asked
        assert set(_read_whole(connection, *written)) == set()


@contextmanager
def remembered(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """The statements of this connection, with their parameters."""
    asked: list[tuple[str, Any]] = []

    def remember(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", remember)
    try:
        yield asked
    finally:
        event.remove(connection, "before_cursor_execute", remember)


def _read_whole(connection: Connection, statement: str, parameters: Any) -> Iterator[str]:
    if connection.dialect.name == "postgresql":
        explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        plan = explained.scalar_one()
        yield from _sequential((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        return
    one = parameters[0] if isinstance(parameters, list) else parameters
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", one):
        whole = row.detail.startswith("SCAN ") and " USING " not in row.detail
        if whole and "VIRTUAL TABLE" not in row.detail:  # the keys that were asked for
            yield row.detail.removeprefix("SCAN ")


def _sequential(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _sequential(below)
