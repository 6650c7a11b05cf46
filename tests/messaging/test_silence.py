"""Messages of which nothing more was heard are asked about, and not for ever."""

from __future__ import annotations

import pytest

from bot.messaging import silence
from bot.messaging.fates import SILENCE
from bot.messaging.gateway import Sent
from bot.messaging.silence import AGAIN, ENOUGH, Silent
from tests.messaging.post_office import PostOffice
from tests.world import Friend, World, new_sid


@pytest.fixture
def friend(world: World) -> Friend:
    friend = world.contact()
    friend.is_asked()
    return friend


@pytest.fixture
def sid(friend: Friend, office: PostOffice) -> str:
    """A request that Twilio took, and no more was heard."""
    sid = new_sid()
    office.answers(office.claims_one(), Sent(sid))
    return sid


def asked_about(world: World) -> list[Silent]:
    with world.database.writing() as connection:
        return silence.silent(connection, world.now)


def test_an_hour_of_silence_is_waited_for(world: World, sid: str) -> None:
    world.now += SILENCE / 2
    assert asked_about(world) == []
    world.now += SILENCE / 2
    assert [one.sid for one in asked_about(world)] == [sid]
    assert asked_about(world) == []


def test_after_a_day_nobody_asks_any_more(world: World, sid: str) -> None:
    world.now += SILENCE
    times = 0
    while asked_about(world):
        times += 1
        world.now += AGAIN
    assert times == ENOUGH / AGAIN + 1
    world.now += 10 * ENOUGH
    assert asked_about(world) == []


def test_what_was_delivered_is_not_asked_about(
    world: World, friend: Friend, sid: str, office: PostOffice
) -> None:
    office.reports(str(office.row(friend).token), "delivered", sid=sid)
    world.now += SILENCE
    assert asked_about(world) == []
