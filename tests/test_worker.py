"""What happens without anybody calling, and what keeps happening whatever goes wrong."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import insert, select, update

from bot.clock import RealClock
from bot.config import Settings
from bot.conversations import attachments, overdue
from bot.conversations.attachments import read_file
from bot.health import readiness
from bot.runtime import Runtime
from bot.store.db import Database
from bot.store.models import Answered, Attachment, Conversation, Heartbeat, Message, Problem
from bot.worker import KEEP_ANSWERS, Worker
from tests.messaging.conftest import StoryClock
from tests.world import Friend, World


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        public_url="https://consent.example.org",
        secret_key="0123456789abcdef",
        twilio_account_sid="AC" + "a" * 32,
        twilio_auth_token="the-auth-token",
        twilio_api_url="http://127.0.0.1:9",
        outbox_threads=2,
    )


@pytest.fixture
def runtime(settings: Settings, world: World) -> Runtime:
    return Runtime(settings, world.database, StoryClock(world))


@pytest.fixture
def friends(world: World) -> list[Friend]:
    """Some who were asked a day ago and have not answered."""
    asked = [world.contact(f"+49151{n:08d}") for n in range(6)]
    for friend in asked:
        assert friend.is_asked() is None
    world.passes(hours=24)
    return asked


def spoil(friend: Friend) -> None:
    """Let nobody be able to go on with a conversation."""
    with friend.world.database.writing() as connection:
        connection.execute(
            update(Conversation)
            .where(Conversation.id == friend.key[1])
            .values(said={"ask": "no moment"})
        )


def mend(friend: Friend) -> None:
    with friend.world.database.writing() as connection:
        connection.execute(
            update(Conversation).where(Conversation.id == friend.key[1]).values(said={})
        )


def due_at(friend: Friend) -> datetime | None:
    with friend.world.database.reading() as connection:
        query = select(Conversation.due_at).where(Conversation.id == friend.key[1])
        return connection.scalars(query).one()


def problems(world: World) -> list[tuple[str, str, int]]:
    with world.database.reading() as connection:
        rows = connection.execute(select(Problem.kind, Problem.subject, Problem.count))
        return [(*row,) for row in rows]


class TestTimeIsUp:
    def test_for_everybody_in_batches(
        self, world: World, runtime: Runtime, friends: list[Friend]
    ) -> None:
        assert overdue.expire(runtime, 4) == 4
        assert overdue.expire(runtime, 4) == 2
        assert overdue.expire(runtime, 4) == 0
        assert {friend.state for friend in friends} == {"no_answer"}

    def test_one_that_cannot_go_on_stops_no_other(
        self, world: World, runtime: Runtime, friends: list[Friend]
    ) -> None:
        stuck, others = friends[2], [*friends[:2], *friends[3:]]
        spoil(stuck)

        assert Worker(runtime).expire() == 6

        assert {friend.state for friend in others} == {"no_answer"}
        assert all(friend.is_proved() for friend in others)
        assert due_at(stuck) == world.now + timedelta(hours=1)
        assert problems(world) == [("conversation stuck", str(stuck.key[1]), 1)]

    def test_it_is_tried_again_every_hour_until_it_can(
        self, world: World, runtime: Runtime, friends: list[Friend]
    ) -> None:
        spoil(friends[0])
        worker = Worker(runtime)
        worker.expire()
        assert worker.expire() == 0
        world.passes(hours=1)
        worker.expire()
        assert [count for *_, count in problems(world)] == [2]

        mend(friends[0])
        world.passes(hours=1)
        assert worker.expire() == 1
        assert friends[0].state == "no_answer"
        assert friends[0].is_proved()

    def test_a_batch_full_of_them_stops_nobody_who_comes_after(
        self, world: World, runtime: Runtime, friends: list[Friend]
    ) -> None:
        for friend in friends[:4]:
            spoil(friend)
        while overdue.expire(runtime, 2):
            pass
        assert [friend.state for friend in friends[4:]] == ["no_answer", "no_answer"]

    def test_a_yes_that_came_meanwhile_is_left_alone(
        self, world: World, runtime: Runtime, friends: list[Friend]
    ) -> None:
        spoil(friends[0])
        friends[1].says("Yes")
        Worker(runtime).expire()
        assert friends[1].state == "opted_in"
        assert due_at(friends[1]) is None

    def test_two_workers_share_the_work(
        self, world: World, runtime: Runtime, friends: list[Friend]
    ) -> None:
        with ThreadPoolExecutor(2) as workers:
            counts = list(workers.map(lambda _: Worker(runtime).expire(), range(2)))
        assert sum(counts) == 6
        assert all(friend.told.count("no_answer") == 1 for friend in friends)


class TestHousekeeping:
    def test_old_answers_are_forgotten(self, world: World, runtime: Runtime) -> None:
        row = {"organization_id": world.organization_id, "digest": "", "status": 200, "body": ""}
        ages = {"old": KEEP_ANSWERS + timedelta(seconds=1), "new": timedelta(hours=23)}
        with world.database.writing() as connection:
            for key, age in ages.items():
                connection.execute(insert(Answered).values(**row, key=key, at=world.now - age))
        Worker(runtime).forget()
        with world.database.reading() as connection:
            assert connection.scalars(select(Answered.key)).all() == ["new"]

    def test_files_are_forgotten_after_the_time_that_the_installation_chose(
        self, world: World, settings: Settings
    ) -> None:
        jo, day = world.contact(), timedelta(days=1)
        terms = read_file("terms.pdf", b"%PDF-1.7 the terms")
        with world.database.writing() as connection:
            for age in (7 * day, 8 * day, 9 * day):
                attachments.keep(connection, jo.key, terms, world.now - age)
        chosen = settings.model_copy(update={"files_kept_days": 8})
        for one, left in ((settings, 3), (chosen, 2)):
            Worker(Runtime(one, world.database, StoryClock(world))).forget()
            with world.database.reading() as connection:
                kept = select(Attachment.id).where(Attachment.forgotten_at.is_(None))
                assert len(connection.scalars(kept).all()) == left

    def test_a_sweep_that_fails_is_no_sweep(self, world: World, runtime: Runtime) -> None:
        Worker(runtime).sweep()  # nobody is there
        with world.database.reading() as connection:
            assert connection.scalars(select(Heartbeat.name)).all() == []

    def test_its_heart_beats(self, world: World, runtime: Runtime) -> None:
        assert readiness(runtime)["worker"] == "never seen; start it with: flask worker"
        worker = Worker(runtime)
        worker._beat("worker")
        worker._beat("worker")
        assert readiness(runtime)["worker"] == "working"
        world.passes(seconds=31)
        assert readiness(runtime)["worker"].startswith("away since 2026-03-01T12:00:00")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestTheTicker:
    @pytest.fixture
    def worker(self, settings: Settings, database: Database) -> Iterator[Worker]:
        handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
        yield Worker(Runtime(settings, database, RealClock()))
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), handlers, strict=True):
            signal.signal(number, handler)

    def test_it_ticks_and_stops_cleanly_when_it_is_told_to(
        self, worker: Worker, database: Database
    ) -> None:
        def has_ticked() -> bool:
            with database.reading() as connection:
                beats = set(connection.scalars(select(Heartbeat.name)))
            return worker._last.keys() == worker._ticks.keys() and beats == {"worker", "sweep"}

        def stop() -> bool:
            seen = eventually(has_ticked)
            os.kill(os.getpid(), signal.SIGTERM)
            return seen

        with ThreadPoolExecutor(1) as pool:
            seen = pool.submit(stop)
            worker.run()
        assert seen.result()
        with pytest.raises(RuntimeError, match="shutdown"):
            worker._dispatch._hands.submit(print)

    def test_a_tick_that_fails_comes_again(self, worker: Worker) -> None:
        ticks: list[float] = []

        def fails() -> None:
            ticks.append(time.monotonic())
            raise ArithmeticError

        worker._ticks = {"send": (fails, 0.05)}
        scheduler = worker._schedule()
        scheduler.start()
        assert eventually(lambda: len(ticks) >= 3)
        scheduler.shutdown()

    def test_a_wall_clock_that_is_set_back_does_not_stop_it(self, worker: Worker) -> None:
        ticks: list[float] = []
        worker._ticks = {"send": (lambda: ticks.append(time.monotonic()), 0.2)}
        scheduler = worker._schedule()
        scheduler.start()
        assert eventually(lambda: len(ticks) >= 1)

        with time_machine.travel(datetime.now(UTC) - timedelta(hours=3), tick=True):
            time.sleep(0.5)  # what was planned before the change may still come
            before = len(ticks)

            def is_awake() -> bool:
                worker._wake_overdue(scheduler)
                return len(ticks) >= before + 3

            assert eventually(is_awake)
        scheduler.shutdown()


def eventually(true: Callable[[], object], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(true())


def test_more_messages_than_hands_do_not_wait_for_the_next_tick(
    world: World, runtime: Runtime
) -> None:
    for n in range(6):
        world.contact(f"+49151{n:08d}").is_asked()
    worker = Worker(runtime)
    worker.send()
    worker._dispatch.close()
    with world.database.reading() as connection:
        tried = list(connection.scalars(select(Message.attempt).where(Message.request)))
    assert tried == [1] * 6
