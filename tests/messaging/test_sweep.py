"""What no webhook brought is fetched, and heard the same way."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.clock import RealClock
from bot.config import Settings
from bot.messaging.sweep import BACK, Swept, sweep
from bot.runtime import Runtime
from bot.store.models import Arrival, Conversation, Problem
from tests.simulator.desk import Desk
from tests.world import SMS, WHATSAPP, Friend, World


@pytest.fixture
def world(world: World) -> World:
    """A story of today: the provider's dates are real ones."""
    world.now = datetime.now(UTC)
    return world


@pytest.fixture
def runtime(settings: Settings, world: World, desk: Desk, stand_in_url: str) -> Runtime:
    here = settings.model_copy(update={"twilio_api_url": stand_in_url})
    return Runtime(here, world.database, RealClock())


@pytest.fixture
def asked(world: World) -> Friend:
    friend = world.contact()
    assert friend.is_asked() is None
    return friend


def write(desk: Desk, friend: Friend, *texts: str, to: str = WHATSAPP) -> list[str]:
    """They write, and no webhook comes; the sids of what they wrote."""
    sids = []
    for text in texts:
        sids.append(desk.hears(friend.phone, text, to=to)["sid"])
        desk.waits(1 / 3600)
    return sids


def body(friend: Friend, place: int = -1) -> dict[str, object]:
    read: dict[str, object] = json.loads(friend.links[place].body)
    return read


def test_a_yes_that_was_lost_is_found(runtime: Runtime, desk: Desk, asked: Friend) -> None:
    (sid,) = write(desk, asked, "Yes")

    assert sweep(runtime, None) == Swept(senders=2, found=1)

    assert asked.state == "opted_in"
    assert asked.heard == ["ask", "welcome"]
    assert body(asked)["via"] == "sweep"
    assert asked.links[-1].personal["values"]["sid"] == sid  # type: ignore[index]
    assert asked.is_proved()
    with runtime.database.reading() as connection:
        assert connection.execute(select(Arrival.sid, Arrival.via)).all() == [(sid, "sweep")]


def test_what_was_seen_is_skipped(runtime: Runtime, desk: Desk, asked: Friend) -> None:
    (sid,) = write(desk, asked, "Yes")
    asked.delivers(replace(asked.message("Yes"), sid=sid))
    assert sweep(runtime, None).found == 0
    assert body(asked)["via"] == "webhook"
    assert asked.heard == ["ask", "welcome"]


def test_twice_is_once(runtime: Runtime, desk: Desk, asked: Friend) -> None:
    write(desk, asked, "Hello?", "Yes")
    assert sweep(runtime, None).found == 2
    assert sweep(runtime, None).found == 0
    assert asked.recorded == ["consent.requested", "reply.unclear", "consent.given"]


@pytest.mark.parametrize(
    ("said", "state"), [(("STOP", "Yes"), "opted_in"), (("Yes", "STOP"), "opted_out")]
)
def test_the_oldest_is_heard_first(
    runtime: Runtime, desk: Desk, asked: Friend, said: tuple[str, ...], state: str
) -> None:
    write(desk, asked, *said)
    sweep(runtime, None)
    assert [line.text for line in asked.lines if line.kind == "in"] == list(said)
    assert asked.state == state
    assert asked.is_proved()


def test_what_came_in_one_second_is_heard_in_its_order(
    runtime: Runtime, desk: Desk, asked: Friend
) -> None:
    said = ["Hello?", "Yes", "Thanks", "Stop"]
    for text in said:
        desk.hears(asked.phone, text, to=WHATSAPP)
    sweep(runtime, None)
    assert [line.text for line in asked.lines if line.kind == "in"] == said
    assert asked.state == "opted_out"


def test_a_stop_older_than_a_yes_that_came_by_webhook_still_stops(
    runtime: Runtime, world: World, desk: Desk, asked: Friend
) -> None:
    write(desk, asked, "STOP")
    world.now = datetime.now(UTC) + timedelta(seconds=2)
    asked.says("Yes")
    assert asked.state == "opted_in"
    sweep(runtime, None)
    assert asked.state == "opted_out", "a lost STOP is never lost for good"
    assert asked.is_proved()


def test_a_yes_older_than_a_stop_that_came_by_webhook_gives_nothing(
    runtime: Runtime, world: World, desk: Desk, asked: Friend
) -> None:
    write(desk, asked, "Yes")
    world.now = datetime.now(UTC) + timedelta(seconds=2)
    asked.says("STOP")
    sweep(runtime, None)
    assert asked.state == "opted_out"


def test_an_sms_is_found_too_and_stays_on_its_channel(
    runtime: Runtime, desk: Desk, asked: Friend
) -> None:
    write(desk, asked, "STOP", to=SMS)
    assert sweep(runtime, None).found == 1
    assert asked.state == "requested"


def test_a_file_called_yes_is_media_here_too(runtime: Runtime, desk: Desk, asked: Friend) -> None:
    desk.hears(asked.phone, "yes", to=WHATSAPP, media=[{"content_type": "application/pdf"}])
    assert sweep(runtime, None).found == 1
    assert asked.state == "requested"
    assert [len(line.media or ()) for line in asked.lines if line.kind == "in"] == [1]


def test_a_sweep_looks_a_day_beyond_the_last(
    runtime: Runtime, world: World, desk: Desk, asked: Friend
) -> None:
    write(desk, asked, "Yes")
    long_after = datetime.now(UTC) + BACK + timedelta(minutes=1)
    assert sweep(runtime, long_after).found == 0
    assert sweep(runtime, long_after - timedelta(minutes=2)).found == 1


def test_a_message_that_cannot_be_taken_stops_no_other(
    runtime: Runtime, world: World, desk: Desk, asked: Friend
) -> None:
    other = world.contact("+4915100000001")
    other.is_asked()
    with world.database.writing() as connection:
        spoilt = Conversation.id == asked.key[1]
        connection.execute(update(Conversation).where(spoilt).values(said={"ask": "no moment"}))
    (sid,) = write(desk, asked, "Hello")
    write(desk, other, "Yes")

    assert sweep(runtime, None).found == 1

    assert other.state == "opted_in"
    with world.database.reading() as connection:
        (problem,) = connection.execute(select(Problem.kind, Problem.subject, Problem.words))
    assert (problem.kind, problem.subject) == ("message not taken", sid)
    assert "ValueError" in problem.words

    with world.database.writing() as connection:
        connection.execute(update(Conversation).where(spoilt).values(said={}))
    assert sweep(runtime, None).found == 1, "it comes up at every sweep"
