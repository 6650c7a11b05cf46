"""From the queue to the phone and back: the worker's hands, a Twilio, and our own webhooks."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.app import create_app
from bot.config import Settings
from bot.messaging.dispatch import MARGIN, Dispatch
from bot.messaging.inquiry import Inquiry
from bot.messaging.pace import Pace
from bot.runtime import Runtime
from bot.store.models import Conversation, Message, Organization, Problem, Sender
from tests.messaging.conftest import served
from tests.messaging.post_office import PostOffice
from tests.simulator.desk import Desk
from tests.world import WHATSAPP, Friend, World


class MovableClock:
    """Real time, and what the story adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self.wall_ahead = timedelta()

    def now(self, connection: Connection | None = None) -> datetime:
        return datetime.now(UTC) + self.ahead

    def wall(self) -> datetime:
        return datetime.now(UTC) + self.wall_ahead


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def runtime(
    settings: Settings, world: World, desk: Desk, stand_in_url: str, clock: MovableClock
) -> Iterator[Runtime]:
    """A server that can be called back, on a Twilio of its own."""
    world.now = datetime.now(UTC)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = {
        "twilio_api_url": stand_in_url, "twilio_timeout": 0.4, "outbox_safe_seconds": 0.0,
        "public_url": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    runtime = Runtime(settings.model_copy(update=here), world.database, clock)
    with served(create_app(runtime), port) as url:
        desk.control("PUT", "/settings", {"webhook": f"{url}/twilio/inbound"})
        yield runtime


@pytest.fixture
def dispatch(runtime: Runtime) -> Iterator[Dispatch]:
    dispatch = Dispatch(runtime)
    yield dispatch
    dispatch.close()


@pytest.fixture
def inquiry(runtime: Runtime) -> Inquiry:
    return Inquiry(runtime)


@pytest.fixture
def asked(world: World, runtime: Runtime) -> Friend:
    friend = world.contact()
    assert friend.is_asked() is None
    return friend


def until(true: Callable[[], bool], tick: Callable[[], Any], seconds: float = 30.0) -> bool:
    """Tick until something is true."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        tick()
        time.sleep(0.02)
    return true()


def problems(world: World) -> list[str]:
    with world.database.reading() as connection:
        return list(connection.scalars(select(Problem.kind)))


def sent_by_us(desk: Desk) -> list[dict[str, Any]]:
    return [one for one in desk.messages() if one["direction"] == "outbound-api"]


def test_a_conversation_from_the_question_to_the_welcome(
    desk: Desk, asked: Friend, dispatch: Dispatch, office: PostOffice
) -> None:
    assert dispatch.send() == 1
    assert until(lambda: office.status(asked) in ("delivered", "read"), dispatch.send)

    desk.hears(asked.phone, "Yes", to=WHATSAPP)

    assert asked.state == "opted_in"
    assert until(lambda: office.status(asked, "welcome") == "read", dispatch.send)
    assert [one["body"] for one in sent_by_us(desk)] == ["", office.row(asked, "welcome").text]
    assert asked.is_proved()


@pytest.mark.parametrize("fault", ["500_created", "reset_created", "hang"])
def test_a_call_without_an_answer_sends_no_second_message(
    desk: Desk, asked: Friend, dispatch: Dispatch, inquiry: Inquiry, office: PostOffice, fault: str
) -> None:
    # No callback tells of it either: only the list does.
    desk.chaos("callback_dropped", probability=1.0)
    desk.chaos(fault, **({"seconds": 0.8} if fault == "hang" else {}))
    dispatch.send()
    assert until(lambda: office.status(asked) == "unknown", lambda: None)

    arrived = ("sent", "delivered", "read")
    assert until(lambda: office.status(asked) in arrived, inquiry.reconcile)

    (message,) = sent_by_us(desk)
    assert office.row(asked).sid == message["sid"]


def test_a_callback_is_enough_where_the_answer_was_lost(
    desk: Desk, asked: Friend, dispatch: Dispatch, office: PostOffice
) -> None:
    desk.chaos("reset_created")
    dispatch.send()
    assert until(lambda: office.status(asked) == "read", lambda: None)
    assert [one["sid"] for one in sent_by_us(desk)] == [office.row(asked).sid]


def test_what_the_list_does_not_show_is_sent_again(
    desk: Desk, asked: Friend, dispatch: Dispatch, inquiry: Inquiry, office: PostOffice
) -> None:
    desk.chaos("500")  # nothing was made
    dispatch.send()
    assert until(lambda: office.status(asked) == "unknown", lambda: None)
    assert until(lambda: office.status(asked) == "queued", inquiry.reconcile)
    assert until(lambda: office.status(asked) == "read", dispatch.send)
    assert len(sent_by_us(desk)) == 1


def test_while_the_list_cannot_be_had_nothing_is_sent_again(
    desk: Desk, asked: Friend, dispatch: Dispatch, inquiry: Inquiry, office: PostOffice,
    clock: MovableClock,
) -> None:  # fmt: skip
    desk.chaos("500", next=1)
    dispatch.send()
    assert until(lambda: office.status(asked) == "unknown", lambda: None)
    desk.chaos("429", strikes="list", next=2)
    for _ in range(2):
        clock.ahead += timedelta(hours=1)
        assert inquiry.reconcile() == 1
        assert office.status(asked) == "unknown"
    clock.ahead += timedelta(hours=1)
    inquiry.reconcile()
    assert office.status(asked) == "queued"


def test_rejected_credentials_stop_the_queue_and_are_shown(
    world: World, desk: Desk, asked: Friend, dispatch: Dispatch, office: PostOffice,
    clock: MovableClock,
) -> None:  # fmt: skip
    desk.chaos("401")
    dispatch.send()
    assert until(lambda: office.row(asked).error_code == 20003, lambda: None)
    clock.ahead += timedelta(seconds=30)
    assert dispatch.send() == 0
    assert len(desk.answered(1)) == 1

    clock.wall_ahead += timedelta(seconds=61)
    assert until(lambda: office.status(asked) == "read", dispatch.send)


def test_many_requests_at_once_are_sent_once_each(
    world: World, desk: Desk, dispatch: Dispatch, inquiry: Inquiry, office: PostOffice
) -> None:
    friends = [world.contact(f"+49151{n:08d}") for n in range(30)]
    for friend in friends:
        friend.is_asked()
    desk.chaos("429", probability=0.2)
    desk.chaos("500_created", probability=0.1)

    def tick() -> None:
        dispatch.send()
        inquiry.reconcile()

    def all_arrived() -> bool:
        with world.database.reading() as connection:
            left = connection.scalars(select(Message.status)).all()
        return set(left) <= {"delivered", "read"}

    assert until(all_arrived, tick)
    assert sorted(one["to"] for one in sent_by_us(desk)) == sorted(
        friend.now.to_address for friend in friends
    )


def test_a_message_that_was_held_up_beyond_its_lease_is_not_sent(
    asked: Friend, dispatch: Dispatch, desk: Desk, office: PostOffice, clock: MovableClock
) -> None:
    """The process was halted between the claim and the call: another may have sent it since."""
    (claimed,) = office.claims()
    pace = Pace(clock.wall)
    pace.expect(claimed.leaves_at, claimed.step)
    clock.wall_ahead += timedelta(seconds=MARGIN + 1)
    dispatch._deliver(claimed, pace)
    assert sent_by_us(desk) == []
    assert office.status(asked) == "queued"
    clock.ahead += timedelta(seconds=1)
    assert until(lambda: office.status(asked) == "read", dispatch.send)


def test_a_sender_whose_mail_cannot_be_claimed_stops_no_other(
    world: World, asked: Friend, dispatch: Dispatch, office: PostOffice
) -> None:
    other = world.contact("+4915100000001", channel="sms")
    office.writes(other)
    with world.database.writing() as connection:
        # A message that is to be cancelled, in a conversation that nobody can read any more.
        connection.execute(update(Organization).values(whatsapp=False))
        spoilt = Conversation.id == asked.key[1]
        connection.execute(update(Conversation).where(spoilt).values(said={"ask": "no moment"}))
        connection.execute(update(Sender).values(free_at=None))

    assert until(lambda: office.status(other, "disclaimer") == "delivered", dispatch.send)
    assert office.status(asked) == "queued"
    assert "outbox stuck" in problems(world)


def test_closing_waits_for_the_calls_under_way(
    desk: Desk, runtime: Runtime, asked: Friend, office: PostOffice
) -> None:
    desk.chaos("hang", seconds=0.2)
    dispatch = Dispatch(runtime)
    dispatch.send()
    dispatch.close()
    assert office.status(asked) in ("sent", "delivered", "read")
