"""What is done all day never reads a table whole, however many contacts there are.

PostgreSQL is told to avoid reading tables whole, as it would by itself with many rows; where it
does all the same, no index serves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import Connection, event

from bot.campaigns import beginning, course, room, step
from bot.campaigns.beginning import Plan
from bot.campaigns.candidates import Chosen
from bot.campaigns.progress import progress_of_each
from bot.conversations import attachments, engine, held, reading, timeline
from bot.messaging import fates, outbox, reconcile, silence
from bot.people import acquaintance, contacts, file_preview, joining, newcomers, search
from bot.people.acquaintance import Writer
from bot.people.senders import House
from bot.store.bulk import insert_all, update_all
from bot.store.db import Database
from bot.store.models import Stray
from tests.world import NOON, Friend, World

FOUND = {"latest", "waiting"}
"""What an index has found in an inner statement."""

WHOLE_IS_FINE = {"pause", "sender", *FOUND}
"""Tables that do not grow with contacts, too."""

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


def ask_in_bulk(connection: Connection, friend: Friend) -> object:
    return step.ask_next(connection, friend.house.sender_id, friend.world.now)


def count_the_reached(connection: Connection, friend: Friend) -> object:
    return room.in_reach(connection, friend.house, friend.world.now)


def forget_files(connection: Connection, friend: Friend) -> object:
    return attachments.forget(connection, friend.world.now, friend.world.now, 10)


PATHS = [
    hear, may_send, read_timeline, search_by("jo", ""), search_by("+49151", ""),
    search_by("", "requested"), search_by("jo", "requested"), search_by("", ""), expire,
    find_senders, claim, hear_of_it, doubt, wonder, list_briefly,
    list_bulk_requests, ask_in_bulk, count_the_reached, forget_files,
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_reads_no_table_whole(world: World, path: Callable[[Connection, Friend], object]) -> None:
    friend = world.contact()
    friend.is_asked()
    with world.database.writing() as connection:
        if world.database.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
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


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_name_of_everybody_is_found_without_reading_everybody(world: World, crowd: Crowd) -> None:
    """Else the few that fill a page cost more among thousands than among millions."""
    with world.database.writing() as connection:
        connection.exec_driver_sql("ANALYZE")
        with remembered(connection) as asked:
            page = search.find(
                connection, crowd.house.organization_id, words="jo", state="", after="", limit=20
            )
        [searched] = asked
        steps = {step for plan in _plans(connection, *searched) for step in _steps(plan)}
    assert len(page.ids) == 20
    assert not steps & {"Hash", "Materialize", "Merge Join", "Sort"}


def own(connection: Connection, crowd: Crowd) -> object:
    return joining.owners_of(connection, crowd.house.organization_id, crowd.phones)


def preview(connection: Connection, crowd: Crowd) -> object:
    lines = ["name,phone", *(f"Jo,{phone}" for phone in crowd.phones)]
    return file_preview.look(connection, crowd.house.organization_id, lines, None)


def show(connection: Connection, crowd: Crowd) -> object:
    return contacts.find_all(connection, crowd.house.organization_id, crowd.ids)


def talk(connection: Connection, crowd: Crowd) -> object:
    owners = dict(zip(crowd.phones, crowd.ids, strict=True))
    return newcomers.conversations_with(connection, crowd.house, owners)


def begin(connection: Connection, crowd: Crowd) -> object:
    plan = Plan(crowd.house, "agent", "asked for it on a form", "chosen")
    found = Chosen(crowd.ids).candidates(connection, crowd.house)
    return beginning.begin(connection, plan, found, NOON)


def meet(connection: Connection, crowd: Crowd) -> object:
    writers = [Writer(crowd.house, phone) for phone in crowd.phones]
    return acquaintance.meet(connection, writers, NOON)


class Crowd(NamedTuple):
    """Some of an organization's many contacts."""

    house: House
    phones: list[str]
    ids: list[UUID]


@pytest.fixture
def crowd(world: World) -> Crowd:
    """Some of 2,000 contacts, whom PostgreSQL has never counted."""
    house = world.house()
    people = [joining.Newcomer("Jo", f"+49151{place:08d}") for place in range(2000)]
    with world.database.writing() as connection:
        joined = joining.join(connection, house.organization_id, people, world.now)
        owners = {phone: one.contact_id for phone, one in joined.items()}
        newcomers.open_conversations(connection, house, owners, world.now)
    phones = list(owners)[::20]
    return Crowd(house, phones, [owners[phone] for phone in phones])


AT_ONCE = [own, preview, show, talk, begin, meet]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("path", AT_ONCE, ids=lambda path: path.__name__)
def test_looks_keys_up_before_anybody_has_counted(
    world: World, crowd: Crowd, path: Callable[[Connection, Crowd], object]
) -> None:
    """Else all of an organization's rows are read, and each is compared with each of the keys."""
    with world.database.writing() as connection:
        _forget_the_counts(connection)
        with remembered(connection) as asked:
            path(connection, crowd)
        selected = [each for each in asked if each[0].startswith("SELECT")]
        plans = [plan for each in selected for plan in _plans(connection, *each)]
        compared = {one for plan in plans for one in _compared(plan)}
    assert selected
    assert not compared


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
        for plan in _plans(connection, statement, parameters):
            yield from _sequential(plan)
        return
    one = parameters[0] if isinstance(parameters, list) else parameters
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", one):
        whole = row.detail.startswith("SCAN ") and " USING " not in row.detail
        if whole and "VIRTUAL TABLE" not in row.detail:  # the keys that were asked for
            yield row.detail.removeprefix("SCAN ")


def _plans(connection: Connection, statement: str, parameters: Any) -> Iterator[dict[str, Any]]:
    """How PostgreSQL goes about it with these parameters, and with any, once it knows it well."""
    told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    yield told.scalar_one()[0]["Plan"]
    told = connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {_numbered(statement)}")
    yield told.scalar_one()[0]["Plan"]


def _numbered(statement: str) -> str:
    """A statement with `$1` and so on in the places of its parameters."""
    names: dict[str, int] = {}

    def number(place: re.Match[str]) -> str:
        name = place[1] or f"{len(names)}"
        return f"${names.setdefault(name, len(names) + 1)}"

    return re.sub(r"%(?:\((\w+)\))?s", number, statement).replace("%%", "%")


def _forget_the_counts(connection: Connection) -> None:
    """Let no table have been analysed, as in the first minute of an installation."""
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    for statement in (
        "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM ours)",
        "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid IN (SELECT oid FROM ours)",
    ):
        ours = "SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        connection.exec_driver_sql(f"WITH ours AS ({ours}) {statement}")


def _compared(node: dict[str, Any]) -> Iterator[str]:
    """The filters that compare with many keys what has been read without them."""
    for filtered in (node.get("Filter", ""), node.get("Join Filter", "")):
        if "ANY (" in filtered or ".key" in filtered:
            yield filtered
    for below in node.get("Plans", ()):
        yield from _compared(below)


def _steps(node: dict[str, Any]) -> Iterator[str]:
    """What PostgreSQL does, from the last step to the first."""
    yield node["Node Type"]
    for below in node.get("Plans", ()):
        yield from _steps(below)


def _sequential(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _sequential(below)
