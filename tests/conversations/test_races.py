"""Two things at the same instant: one is first, both are recorded, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.conversations import engine, held
from bot.conversations.actions import Refusal
from bot.conversations.inbound import Inbound
from bot.people import newcomers
from bot.store.models import Arrival, Conversation, Message, Notice
from bot.store.together import Together
from tests.world import Friend, World


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Begin all calls at the same instant; what each gave back."""
    barrier = Barrier(len(calls))

    def begin(call: Callable[[], Any]) -> Any:
        barrier.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(begin, calls))


def crowd(world: World, count: int) -> list[Friend]:
    house, friends = world.house(), []
    with world.database.writing() as connection:
        for n in range(count):
            phone = f"+49151{n:08d}"
            contact_id = newcomers.add_contact(
                connection, world.organization_id, phone, "Jo", world.now
            )
            newcomers.open_conversation(connection, house, contact_id, phone, world.now)
        addresses = connection.execute(select(Conversation.id, Conversation.address))
        friends = [
            Friend(world, house, value, (house.organization_id, one)) for one, value in addresses
        ]
    requests = [engine.Request(friend.key, "agent", "existing client") for friend in friends]
    with world.database.writing() as connection:
        assert engine.start(connection, requests, world.now) == [None] * count
    return friends


@pytest.fixture
def asked(world: World) -> Friend:
    return crowd(world, 1)[0]


def test_the_same_message_from_all_sides(world: World, asked: Friend) -> None:
    yes = asked.message("Yes")
    verdicts = at_once(*(lambda: asked.delivers(yes) for _ in range(12)))
    assert sorted(verdicts) == ["seen before"] * 11 + ["taken"]
    assert asked.heard == ["ask", "welcome"]
    assert asked.recorded == ["consent.requested", "consent.given"]
    assert asked.is_proved()


def test_different_messages_of_one_contact(world: World, asked: Friend) -> None:
    at_once(*(lambda n=n: asked.says(f"question {n}?") for n in range(8)))
    assert asked.recorded == ["consent.requested"] + ["reply.unclear"] * 8
    assert asked.heard == ["ask", "guide"], "one explanation a request, however many ask at once"
    assert [line.seq for line in asked.lines] == list(range(1, len(asked.lines) + 1))
    assert asked.is_proved()


def test_a_stranger_who_writes_twice_at_once_is_one_contact(world: World) -> None:
    jo = world.contact("+4915100000001")
    kim = Friend(world, jo.house, "+4915199999999", jo.key)
    assert at_once(*(lambda: kim.says("hello") for _ in range(6))) == ["taken"] * 6
    with world.database.reading() as connection:
        keys = held.by_ends(connection, [(jo.house.address, kim.phone)], lock=False)
        (found,) = keys.values()
        arrived = connection.scalar(select(func.count()).select_from(Arrival))
    assert (found.state, arrived) == ("requested", 6)


def test_yes_against_the_clock_is_never_lost(world: World) -> None:
    friends = crowd(world, 200)
    world.passes(hours=24)
    hear: Together[Inbound, str] = Together(
        world.database,
        lambda connection, said: list(engine.receive(connection, said, world.now, world.now)),
    )

    def all_say_yes(mine: list[Friend]) -> None:
        for friend in mine:
            assert hear(friend.message("Yes")) == "taken"

    def time_is_up() -> int:
        return sum(iter(lambda: world.expire(10), 0))

    some = [friends[n::8] for n in range(8)]
    *_, expired = at_once(*(lambda mine=mine: all_say_yes(mine) for mine in some), time_is_up)

    with world.database.reading() as connection:
        found = held.by_key(connection, [friend.key for friend in friends], lock=False)
        told = connection.scalar(
            select(func.count()).select_from(Notice).where(Notice.code == "no_answer")
        )
        welcomed = connection.scalar(
            select(func.count()).select_from(Message).where(Message.kind == "welcome")
        )
    assert {one.state for one in found.values()} == {"opted_in"}
    assert (told, welcomed) == (expired, 200)
    assert all(friend.is_proved() for friend in friends[::10])


def test_two_workers_tell_of_each_silence_once(world: World) -> None:
    friends = crowd(world, 200)
    world.passes(hours=24)

    def works() -> int:
        return sum(iter(lambda: world.expire(25), 0))

    counts = at_once(works, works)

    assert sum(counts) == 200
    with world.database.reading() as connection:
        told = connection.execute(
            select(Notice.conversation_id, func.count())
            .where(Notice.code == "no_answer")
            .group_by(Notice.conversation_id)
        ).all()
    assert len(told) == 200
    assert {count for _, count in told} == {1}
    assert all(friend.is_proved() for friend in friends[::10])


def test_two_agents_ask_at_once(world: World) -> None:
    jo = world.contact()
    answers = at_once(*([jo.is_asked] * 6))
    assert answers.count(None) == 1
    assert set(answers) == {None, Refusal("already_requested", jo.now.due_at)}
    assert jo.heard == ["ask"]
    assert jo.is_proved()


@pytest.mark.parametrize("round_", range(5))
def test_yes_and_stop_at_once_are_both_recorded_and_the_later_holds(
    world: World, asked: Friend, round_: int
) -> None:
    at_once(lambda: asked.says("Yes"), lambda: asked.says("STOP"))
    after_yes = ["consent.given", "consent.withdrawn"], "opted_out"
    after_stop = ["consent.refused", "consent.renewed"], "opted_in"
    assert (asked.recorded[1:], asked.state) in (after_yes, after_stop)
    assert asked.is_proved()


def test_a_request_and_a_stop_at_once(world: World) -> None:
    jo = world.contact()
    refusal, _ = at_once(jo.is_asked, lambda: jo.says("STOP"))
    assert jo.state == "opted_out"
    assert refusal in (None, Refusal("opted_out"))
    assert jo.is_proved()


def test_everything_at_once_keeps_the_chain_whole(world: World, asked: Friend) -> None:
    at_once(
        lambda: asked.says("Yes"),
        lambda: asked.says("what?"),
        asked.is_asked,
        asked.withdraws,
        lambda: asked.says("help"),
        lambda: asked.says("STOP"),
    )
    assert asked.state in ("opted_out", "opted_in")
    assert asked.is_proved()
    held = asked.now
    assert (held.lines, held.entries) == (len(asked.lines), len(asked.links))
