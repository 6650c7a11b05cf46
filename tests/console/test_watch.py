"""Open pages: what they notice, and that many of them cost the database no more than one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, update

from bot.console.pulses import pulse
from bot.console.watch import FRESH, OPEN, Page, Watch
from bot.people import sessions
from bot.people.sessions import Browser, digest
from bot.runtime import Runtime
from bot.store.models import Account, Message
from tests.console.conftest import add_member
from tests.world import Friend, World


def pages(world: World, count: int) -> list[Page]:
    """Open pages, each in a browser of its own, each with another conversation."""
    member = add_member(world)
    with world.database.writing() as connection:
        tokens = [
            sessions.begin(connection, member, Browser("", ""), world.now) for _ in range(count)
        ]
    friends = [world.contact(f"+49151123{place:05d}") for place in range(count)]
    return [(digest(token), friend.key[1]) for token, friend in zip(tokens, friends, strict=True)]


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What the database is asked meanwhile, beginnings and ends of transactions left out."""
    asked: list[str] = []

    def note(_1: object, _2: object, sql: str, *_: object) -> None:
        if sql.startswith("SELECT"):
            asked.append(sql)

    event.listen(world.database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(world.database.engine, "before_cursor_execute", note)


def test_many_pages_are_answered_from_one_look(world: World, runtime: Runtime) -> None:
    watch, opened = Watch(runtime), pages(world, 40)
    for page in opened:
        watch.admit(page, 0.0)
    with statements(world) as asked:
        seen = [watch.pulse(page, 1.5 + place / 1000) for place, page in enumerate(opened)]
    assert len(asked) == 2
    assert None not in seen


def test_what_happened_is_seen_by_the_next_look(world: World, runtime: Runtime) -> None:
    watch, friend = Watch(runtime), world.contact()
    [(token, _)] = pages(world, 1)
    page = (token, friend.key[1])
    watch.admit(page, 0.0)
    before = watch.pulse(page, 0.0)
    friend.is_asked()
    assert watch.pulse(page, FRESH - 0.01) == before
    after = watch.pulse(page, FRESH)
    assert after not in (before, None)
    assert watch.pulse(page, 9.0) == after


def test_who_is_out_and_who_is_elsewhere_sees_nothing(world: World, runtime: Runtime) -> None:
    watch, [page] = Watch(runtime), pages(world, 1)
    other = world.add_organization("Other")
    stranger = add_member(world, "agent", other, "x@example.org")
    with world.database.writing() as connection:
        token = sessions.begin(connection, stranger, Browser("", ""), world.now)
    for one in (page, (digest(token), page[1]), ("nobody", page[1])):
        watch.admit(one, 0.0)
    assert watch.pulse(page, 0.0)
    assert watch.pulse((digest(token), page[1]), 1.0) is None
    assert watch.pulse(("nobody", page[1]), 2.0) is None
    with world.database.writing() as connection:
        connection.execute(update(Account).values(disabled_at=world.now))
    assert watch.pulse(page, 3.0) is None


def test_closed_pages_are_looked_at_no_more(world: World, runtime: Runtime) -> None:
    watch, [closed, opened] = Watch(runtime), pages(world, 2)
    for page in (closed, opened):
        watch.admit(page, 0.0)
    assert watch.pulse(opened, OPEN + 1)
    assert watch.pulse(closed, OPEN + 1.1) is None


def test_who_was_never_answered_is_not_looked_at(world: World, runtime: Runtime) -> None:
    watch, [page] = Watch(runtime), pages(world, 1)
    with statements(world) as asked:
        assert watch.pulse(page, 0.0) is None
    assert asked == []


@pytest.mark.parametrize("status", ["sent", "delivered", "read", "failed", "unknown"])
def test_whatever_becomes_of_a_message_moves_the_pulse(world: World, status: str) -> None:
    friend = world.contact()
    friend.is_asked()
    before = beat(friend, world.now)
    with world.database.writing() as connection:
        connection.execute(update(Message).values(status=status))
    assert beat(friend, world.now) != before


def test_time_alone_moves_the_pulse(world: World) -> None:
    friend = world.contact()
    friend.is_asked()
    soon = world.now + timedelta(hours=24)
    assert beat(friend, world.now) == beat(friend, soon - timedelta(seconds=1))
    assert beat(friend, world.now) != beat(friend, soon)


def beat(friend: Friend, now: datetime) -> str | None:
    with friend.world.database.reading() as connection:
        return pulse(connection, friend.key, now)
