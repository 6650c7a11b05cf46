"""What workers at once share: a sender's queue, and the organization's messaging limit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.campaigns import asking, step
from bot.runtime import Runtime
from tests.campaigns.crowd import ON_SQLITE, Asking, Crowd, friends, houses, numbers
from tests.counting import statements
from tests.world import World


@pytest.fixture
def crowd(world: World) -> Crowd:
    return Crowd(world)


def meanwhile(first: Asking, other: Callable[[], int]) -> tuple[int, int]:
    """How many one worker asks, and another that begins before the first has committed.

    PostgreSQL lets the second pass by, SQLite lets it wait.
    """
    with ThreadPoolExecutor(1) as pool:
        with first.world.database.writing() as connection:
            asked = len(step.ask_next(connection, first.sender_id, first.world.now))
            second = pool.submit(other)
            wait([second], timeout=0.3 if first.world.database.name == "sqlite" else 30)
        return asked, second.result()


def test_the_queue_is_looked_at_by_one_worker_though_an_older_request_goes_on(crowd: Crowd) -> None:
    crowd.sends(per_second=4)
    older = crowd.begins(crowd.file(numbers(9)))
    newer = crowd.begins(crowd.file(numbers(9, first=50)))
    older.does("pause")

    def resumes() -> int:
        older.does("resume")
        return older.goes_on()

    assert meanwhile(newer, resumes) == (8, 0)


class TestTheOrganizationsLimit:
    def test_is_shared_by_its_senders(self, crowd: Crowd) -> None:
        crowd.chooses(messaging_limit=5)
        second = crowd.world.gets_a_second_sender()
        one = crowd.begins(crowd.file(numbers(3)))
        other = crowd.begins(crowd.file(numbers(4, first=50)), second)
        one.runs_out()
        other.runs_out()
        assert one.status == "done"
        assert other.progress.statuses == {"asked": 2, "waiting": 2}
        assert other.obstacle == "messaging_limit"
        crowd.world.passes(hours=24)
        other.runs_out()
        assert other.status == "done"

    def test_is_kept_by_two_workers_at_once(self, crowd: Crowd) -> None:
        crowd.chooses(messaging_limit=5)
        second = crowd.world.gets_a_second_sender()
        one = crowd.begins(crowd.file(numbers(3)))
        other = crowd.begins(crowd.file(numbers(4, first=50)), second)
        asked, meant = meanwhile(one, other.goes_on)
        assert (asked, meant) in {(3, 0), (3, 2)}, "passed by, or after the first"
        assert asked + meant + other.goes_on() == 5
        assert len(crowd.requests()) == 5

    def test_is_kept_by_many_workers(self, crowd: Crowd, runtime: Runtime) -> None:
        crowd.chooses(messaging_limit=60)
        second = crowd.world.gets_a_second_sender()
        phones = numbers(50), numbers(50, first=40)
        for house, theirs in zip((crowd.world.house(), second), phones, strict=True):
            for part in (theirs[:20], theirs[20:]):
                crowd.begins(crowd.file(part), house)

        def works(_: int) -> None:
            for _ in range(8):
                asking.ask(runtime)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(works, range(4)))
        works(4)  # alone, for what those before left as they found the organization locked
        assert len(crowd.requests()) == 60

    def test_counts_a_person_once_whoever_asks_them(self, crowd: Crowd) -> None:
        crowd.chooses(messaging_limit=3)
        world, second = crowd.world, crowd.world.gets_a_second_sender()
        (jo,) = friends(world, numbers(1))
        jo.is_asked()
        crowd.leaves()
        world.passes(hours=1)
        crowd.begins(crowd.file([jo.phone]), second).runs_out()
        assert crowd.requests() == {jo.phone: 2}
        assert crowd.reach() == (2, None)
        crowd.begins(crowd.file(numbers(2, first=50))).runs_out()
        assert crowd.reach() == (0, world.now + timedelta(hours=24))
        world.passes(hours=23)
        assert crowd.reach() == (0, world.now + timedelta(hours=1))
        world.passes(hours=1)
        assert crowd.reach() == (3, None)

    def test_tells_exactly_when_the_next_may_be_asked(self, crowd: Crowd) -> None:
        """Agents wait for no limit, so there may be more than it allows."""
        crowd.chooses(messaging_limit=2)
        world, began = crowd.world, crowd.world.now
        for friend in friends(world, numbers(4)):
            friend.is_asked()
            crowd.leaves()
            world.passes(hours=1)
        assert crowd.reach() == (0, began + timedelta(hours=2 + 24))
        world.now = began + timedelta(hours=26)
        assert crowd.reach() == (1, None)

    def test_counts_from_when_a_request_leaves(self, crowd: Crowd) -> None:
        """One that waits through a failure of the provider is Meta's concern when it is sent."""
        crowd.chooses(messaging_limit=1)
        world = crowd.world
        friends(world, numbers(1))[0].is_asked()
        world.passes(hours=20)
        crowd.leaves()
        world.passes(hours=23)
        assert crowd.reach() == (0, world.now + timedelta(hours=1))
        world.passes(hours=1)
        assert crowd.reach() == (1, None)

    def test_counts_what_waits_to_leave(self, crowd: Crowd) -> None:
        crowd.chooses(messaging_limit=1)
        friends(crowd.world, numbers(1))[0].is_asked()
        crowd.world.passes(hours=25)
        assert crowd.reach() == (0, crowd.world.now + timedelta(hours=24))

    def test_is_another_organizations_own(self, crowd: Crowd) -> None:
        crowd.chooses(messaging_limit=3)
        world = crowd.world
        friends(world, numbers(1))[0].is_asked()
        world.organization_id = world.add_organization("Other", "whatsapp:+15550003000")
        crowd.chooses(messaging_limit=3)
        assert crowd.reach() == (3, None)

    def test_is_none_for_sms(self, crowd: Crowd) -> None:
        crowd.chooses(messaging_limit=1)
        sms = crowd.world.house("sms")
        by_sms = crowd.begins(crowd.file(numbers(3)), sms)
        by_sms.runs_out()
        assert by_sms.progress.statuses == {"asked": 3}
        assert crowd.reach() == (1, None), "nor does SMS count for WhatsApp"

    def test_leaves_out_what_needs_no_template(self, crowd: Crowd) -> None:
        crowd.chooses(messaging_limit=2)
        crowd.sends(templates={})
        stranger, _ = friends(crowd.world, numbers(2))
        stranger.says("hello")
        assert crowd.requests() == {stranger.phone: 1}
        assert crowd.reach() == (2, None)

    def test_is_looked_up_by_as_many_statements_for_any_number(self, crowd: Crowd) -> None:
        second = crowd.world.gets_a_second_sender()
        sent = []
        for people in (2, 20):
            crowd.begins(crowd.file(numbers(people)), second).runs_out()
            with statements(crowd.world.database) as looked:
                assert crowd.reach() == (250 - people, None)
            sent.append(len(looked))
        assert sent[0] == sent[1]


DEEDS = ("first", "second", "agent", "leave", "hours", "raise")


@ON_SQLITE
@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(deeds=st.lists(st.sampled_from(DEEDS), max_size=30), limit=st.integers(1, 5))
def test_in_no_24_hours_do_bulk_requests_go_beyond_it(
    world: World, deeds: list[str], limit: int
) -> None:
    house = next(houses)
    world.organization_id = world.add_organization(
        f"House {house}", f"whatsapp:+1666{house:07d}", f"whatsapp:+1777{house:07d}"
    )
    crowd = Crowd(world)
    crowd.chooses(messaging_limit=limit, quiet_hours="")
    other = world.house(address=f"whatsapp:+1777{house:07d}")
    first = crowd.begins(crowd.file(numbers(9)))
    second = crowd.begins(crowd.file(numbers(9, first=5)), other)
    alone = iter(friends(world, numbers(30, first=100)))
    for deed in deeds:
        before = crowd.reached()
        match deed:
            case "first" | "second":
                (first if deed == "first" else second).goes_on(limit=2)
                assert crowd.reached() <= max(before, limit)
            case "agent":
                next(alone).is_asked()
            case "leave":
                crowd.leaves()
            case "hours":
                world.passes(hours=9)
            case "raise":
                limit += 1
                crowd.chooses(messaging_limit=limit)
