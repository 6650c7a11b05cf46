"""Many rows in one statement come out as they went in, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.store.bulk import Overtaken, insert_all, insert_new, update_all, write
from bot.store.columns import new_id
from bot.store.db import Database
from bot.store.models import Conversation, Heartbeat, Message, Organization, Problem, Sender, Stray
from tests.counting import statements
from tests.world import World

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ODD_TEXTS = [
    "", " ", "null", "NULL", "{}", '"', "'", "''; DROP TABLE stray; --", "\\", "\\n", "\n\r\t",
    "%s %(x)s %%", ":name $1 ?", "é ß 中文 🇩🇪 👍🏽", "\u2028\u2029\u200b\ufeff\u202e", "1e400",
    "\x01\x1f\x7f", "a" * 5000,
]  # fmt: skip


def strays(*texts: str, at: datetime = NOON) -> list[dict[str, Any]]:
    return [
        {"sid": f"{n}", "reason": text, "form": {"Body": text, text: [text]}, "at": at}
        for n, text in enumerate(texts)
    ]


def kept(database: Database) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(select(*Stray.__table__.columns).order_by(Stray.at)).all())


@pytest.mark.parametrize("insert", [insert_all, partial(insert_new, unique=["sid"])])
def test_texts_of_every_kind(database: Database, insert: Callable[..., Any]) -> None:
    rows = strays(*ODD_TEXTS)
    with database.writing() as connection:
        insert(connection, Stray, rows)
    assert sorted(map(tuple, kept(database)), key=lambda row: int(row[0])) == [
        tuple(row.values()) for row in rows
    ]


def test_texts_of_every_kind_are_changed(database: Database) -> None:
    rows = strays(*ODD_TEXTS)
    with database.writing() as connection:
        insert_all(connection, Stray, strays(*("before" for _ in ODD_TEXTS)))
        assert update_all(connection, Stray, rows, keys=("sid",)) == len(rows)
    assert sorted(map(tuple, kept(database)), key=lambda row: int(row[0])) == [
        tuple(row.values()) for row in rows
    ]


def test_moments_keep_their_microseconds_whatever_their_zone(database: Database) -> None:
    odd = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))
    with database.writing() as connection:
        insert_all(connection, Stray, strays("x", at=odd))
        row = {"sid": "0", "at": odd + timedelta(microseconds=1)}
        update_all(connection, Stray, [row], keys=("sid",))
    assert kept(database)[0].at == NOON + timedelta(microseconds=1)


@pytest.mark.parametrize(
    "write",
    [
        lambda c, rows: insert_all(c, Stray, rows),
        lambda c, rows: insert_new(c, Stray, rows, ["sid"]),
        lambda c, rows: update_all(c, Stray, rows, keys=("sid",)),
    ],
)
def test_moments_without_a_zone_are_refused(database: Database, write: Callable[..., Any]) -> None:
    rows = strays("x", at=NOON.replace(tzinfo=None))
    with database.writing() as connection, pytest.raises((TypeError, ValueError)):
        write(connection, rows)
    assert kept(database) == []


def test_nothing_is_nothing(database: Database) -> None:
    with statements(database) as sent, database.writing() as connection:
        insert_all(connection, Stray, [])
        assert insert_new(connection, Stray, [], ["sid"]) == set()
        assert update_all(connection, Stray, []) == 0
        write(connection, Conversation, [], {Message: []})
    assert sent == []


def test_what_is_not_named_is_the_columns_default(world: World) -> None:
    with world.database.reading() as connection:
        row = connection.execute(select(*Sender.__table__.columns).limit(1)).one()
    assert (row.per_second, row.free_at) == (80.0, None)


def test_only_new_rows_are_inserted_and_named(database: Database) -> None:
    with database.writing() as connection:
        assert insert_new(connection, Stray, strays("a", "b"), ["sid"]) == {("0",), ("1",)}
        assert insert_new(connection, Stray, strays("c", "d", "e"), ["sid"]) == {("2",)}
    assert {row.reason for row in kept(database)} == {"a", "b", "e"}


def test_keys_come_back_as_what_they_are(world: World) -> None:
    ids = [new_id(), new_id()]
    rows = [{"id": one, "name": str(one), "created_at": NOON} for one in ids]
    with world.database.writing() as connection:
        made = insert_new(connection, Organization, rows, ["id"])
    assert made == {(one,) for one in ids}


def test_a_row_that_stands_already_fails_the_whole_statement(database: Database) -> None:
    def twice() -> None:
        with database.writing() as connection:
            insert_all(connection, Stray, strays("a"))
            insert_all(connection, Stray, [*strays("a"), *strays("b")])

    with pytest.raises(IntegrityError):
        twice()
    assert kept(database) == []


def test_only_what_is_named_is_changed_and_counted(database: Database) -> None:
    rows = [{"name": name, "at": NOON, "words": name} for name in ("a", "b", "c")]
    with database.writing() as connection:
        insert_all(connection, Heartbeat, rows)
        changed = [{"name": name, "words": "new"} for name in ("a", "c", "z")]
        assert update_all(connection, Heartbeat, changed, keys=("name",)) == 2
        found = connection.execute(select(Heartbeat.name, Heartbeat.words, Heartbeat.at)).all()
    assert sorted(found) == [("a", "new", NOON), ("b", "b", NOON), ("c", "new", NOON)]


def test_a_value_is_emptied(world: World) -> None:
    friend = world.contact()
    friend.is_asked()
    row: dict[str, Any] = {"organization_id": friend.key[0], "id": friend.request_id}
    row |= {"variables": None, "content_sid": None, "due_at": None, "request": False}
    with world.database.writing() as connection:
        update_all(connection, Message, [row])
        columns = (Message.variables, Message.content_sid, Message.due_at, Message.request)
        assert connection.execute(select(*columns)).one() == (None, None, None, False)


def test_a_thousand_rows_are_one_statement(database: Database) -> None:
    rows = [
        {"kind": "many", "subject": str(n), "words": "", "count": n, "at": NOON}
        for n in range(1000)
    ]
    with statements(database) as sent, database.writing() as connection:
        insert_all(connection, Problem, rows)
        update_all(connection, Problem, rows, keys=("kind", "subject"))
    assert len(sent) == 2


class TestVersions:
    def test_move_on_by_one(self, world: World) -> None:
        friend = world.contact()
        version = friend.now.version
        friend.is_asked()
        assert friend.now.version == version + 1

    def test_one_overtaken_row_refuses_the_batch(self, world: World) -> None:
        both = [world.contact("+4915100000001"), world.contact("+4915100000002")]
        beats = [{"name": "written with them", "at": NOON, "words": ""}]

        def late() -> None:
            with world.database.writing() as connection:
                rows = [
                    {"organization_id": one.key[0], "id": one.key[1], "state": "requested",
                     "version": version}
                    for one, version in zip(both, (0, 7), strict=True)
                ]  # fmt: skip
                write(connection, Conversation, rows, {Heartbeat: beats})

        with pytest.raises(Overtaken):
            late()
        assert [one.state for one in both] == ["new", "new"]
