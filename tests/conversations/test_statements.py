"""A batch of turns costs as many statements as one turn, whatever triggers it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Connection

from bot.conversations import engine, letters
from bot.conversations.engine import Failed, Request
from bot.conversations.inbound import Inbound
from bot.conversations.letters import Accepted
from flows.replies import Heard
from tests.counting import statements
from tests.world import WHATSAPP, Friend, World, new_sid

CROWD = 40

Work = Callable[[Connection], object]


def ask(world: World, friends: Sequence[Friend]) -> Work:
    requests = [Request(friend.key, "agent", "existing client") for friend in friends]
    return lambda connection: engine.start(connection, requests, world.now)


def say_yes(world: World, friends: Sequence[Friend]) -> Work:
    said = [friend.message("yes") for friend in friends]
    return lambda connection: engine.receive(connection, said, world.now, world.now)


def fail(world: World, friends: Sequence[Friend]) -> Work:
    failures = [Failed(one.key, one.request_id, "final", 63016, "words") for one in friends]
    return lambda connection: engine.fail(connection, failures, world.now)


def accept(world: World, friends: Sequence[Friend]) -> Work:
    taken = [Accepted(friend.key, friend.request_id) for friend in friends]
    return lambda connection: letters.accept(connection, taken, world.now)


def fall_silent(world: World, friends: Sequence[Friend]) -> Work:
    world.passes(hours=25)
    return lambda connection: engine.expire(connection, world.now, limit=len(friends))


@pytest.mark.parametrize(
    ("turn", "sqlite", "postgresql"),
    [(ask, 5, 2), (say_yes, 6, 3), (fail, 4, 2), (accept, 2, 2), (fall_silent, 4, 2)],
)
def test_one_turn_or_forty(
    world: World, turn: Callable[..., Work], sqlite: int, postgresql: int
) -> None:
    crowd = [world.contact(f"+49151{number:08d}") for number in range(CROWD + 1)]
    if turn is not ask:
        with world.database.writing() as connection:
            ask(world, crowd)(connection)
    for friends in (crowd[:1], crowd[1:]):
        work = turn(world, friends)
        with world.database.writing() as connection, statements(world.database) as sent:
            work(connection)
        assert len(sent) == (sqlite if world.database.name == "sqlite" else postgresql), sent


@pytest.mark.parametrize("addresses", [(WHATSAPP,), (WHATSAPP, "whatsapp:+15550009999")])
def test_senders_are_read_once_however_strange_a_batch_is(
    world: World, addresses: tuple[str, ...]
) -> None:
    strangers = [
        Inbound(new_sid(), to, f"+4915199999{n}", Heard("hi")) for n, to in enumerate(addresses)
    ]
    with world.database.writing() as connection, statements(world.database) as sent:
        assert engine.receive(connection, strangers, world.now, world.now)[0] == "taken"
    assert len([one for one in sent if one.startswith("SELECT sender.id")]) == 1


def test_nobody_reads_senders_for_those_who_are_known(world: World) -> None:
    jo = world.contact()
    jo.is_asked()
    with statements(world.database) as sent:
        jo.says("yes")
    assert not [one for one in sent if one.startswith("SELECT sender.id")]


def test_what_is_to_none_of_our_senders_has_nobody_met(world: World) -> None:
    jo, kim = world.contact("+4915100000001"), world.contact("+4915100000002")
    jo.is_asked()
    kim.is_asked()
    stray = Inbound(new_sid(), "whatsapp:+15559999999", "+49151999990", Heard("hi"))
    with statements(world.database) as alone:
        jo.says("yes")
    with statements(world.database) as beside:
        kim.delivers(stray, kim.message("yes"))
    assert kim.state == "opted_in"
    assert len(beside) == len(alone) + 2, "senders are looked up, and the stray is kept"
