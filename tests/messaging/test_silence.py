"""Messages of which nothing more was heard are asked about, and not for ever."""

from __future__ import annotations

import pytest

from bot.messaging import reconcile, silence
from bot.messaging.fates import SILENCE, Fate
from bot.messaging.gateway import Sent, Unknown
from bot.messaging.silence import AGAIN, ENOUGH, Silent
from bot.messaging.verdicts import verdict
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


def test_a_failure_that_was_asked_for_is_kept_like_one_that_was_reported(
    world: World, friend: Friend, sid: str, office: PostOffice
) -> None:
    """Else its sid would be free for the call that follows, and that one be taken for failed."""
    world.now += SILENCE
    (asked,) = asked_about(world)
    failed = Fate(asked.key, "failed", sid, verdict(63018), called_back=True)
    with world.database.writing() as connection:
        silence.note(connection, asked, [failed], world.now)
    office.records(failed)
    world.passes(minutes=1)
    office.answers(office.claims_one(), Unknown("no answer"))
    world.passes(seconds=1)
    (doubt,) = office.doubts()
    with world.database.reading() as connection:
        assert reconcile.owned(connection, doubt, []) == {sid}
