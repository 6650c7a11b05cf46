"""A bulk request from its beginning to its end: nobody is asked twice, and nobody else waits."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from bot.campaigns import asking, step
from bot.campaigns.forecast import counts
from bot.people import contacts, newcomers
from bot.people.mistakes import Mistake
from bot.runtime import Runtime
from bot.store.models import Conversation, Entry, Problem
from tests.campaigns.crowd import ON_SQLITE, Asking, Crowd, friends, houses, numbers
from tests.world import NOON, Friend, World


@pytest.fixture
def crowd(world: World) -> Crowd:
    crowd = Crowd(world)
    crowd.chooses(messaging_limit=0)
    return crowd


def test_everybody_in_a_file_is_asked_once(crowd: Crowd) -> None:
    phones = numbers(30)
    known = friends(crowd.world, phones[:3])
    asked = crowd.begins(crowd.file([*phones, phones[4], "12"]))
    asked.runs_out()
    assert crowd.requests() == Counter(phones)
    assert asked.status == "done"
    assert asked.progress.statuses == {"asked": 30, "refused": 2}
    assert asked.progress.reasons == {"repeated": 1, "unusable": 1}
    assert asked.progress.states == {"requested": 30}
    known[0].says("Yes")
    assert asked.progress.states == {"opted_in": 1, "requested": 29}
    assert known[0].is_proved()
    assert str(asked.campaign[1]) in known[0].links[0].body


def test_what_the_rules_refuse_is_refused_with_the_reason(crowd: Crowd) -> None:
    yes, no, waits, fresh = friends(crowd.world, numbers(4))
    for friend in (yes, no, waits):
        friend.is_asked()
    yes.says("yes")
    no.says("no")
    candidates = crowd.found()
    foreseen = {one.address: (one.outcome, one.reason) for one in crowd.foresees(candidates)}
    asked = crowd.begins(candidates)
    asked.runs_out()
    assert asked.fates == foreseen == {
        yes.phone: ("refused", "already_opted_in"),
        no.phone: ("refused", "opted_out"),
        waits.phone: ("refused", "already_requested"),
        fresh.phone: ("asked", None),
    }  # fmt: skip


def test_a_template_in_the_language_of_the_number_serves(crowd: Crowd) -> None:
    crowd.sends(templates={"de": "HX" + "2" * 32})
    candidates = crowd.file(["+4915112345678", "+393331234567"])
    foreseen = {one.address: (one.outcome, one.reason) for one in crowd.foresees(candidates)}
    asked = crowd.begins(candidates)
    asked.runs_out()
    assert asked.fates == foreseen == {
        "+4915112345678": ("asked", None),
        "+393331234567": ("refused", "no_template"),
    }  # fmt: skip


def test_those_who_did_not_answer_are_found_and_asked_again(crowd: Crowd) -> None:
    silent, answered = friends(crowd.world, numbers(2))
    for friend in (silent, answered):
        friend.is_asked()
    answered.says("yes")
    crowd.world.passes(hours=24)
    crowd.world.expire()
    asked = crowd.begins(crowd.found(state="no_answer"))
    asked.runs_out()
    assert asked.fates == {silent.phone: ("asked", None)}
    assert crowd.requests()[silent.phone] == 2


def test_those_who_wrote_first_are_found_and_asked(crowd: Crowd) -> None:
    crowd.world.keeps_strangers()
    stranger, _ = friends(crowd.world, numbers(2))
    stranger.says("hello")
    asked = crowd.begins(crowd.found(state="wrote_first"))
    asked.runs_out()
    assert asked.fates == {stranger.phone: ("asked", None)}


def test_whoever_stops_before_their_turn_hears_nothing(crowd: Crowd) -> None:
    first, second = friends(crowd.world, numbers(2))
    asked = crowd.begins(crowd.found())
    assert asked.goes_on(limit=1) == 1
    second.says("STOP")
    asked.runs_out()
    assert asked.fates[first.phone] == ("asked", None)
    assert asked.fates[second.phone] == ("refused", "opted_out")
    assert crowd.requests() == Counter([first.phone])


class TestRoom:
    def test_two_seconds_of_messages_wait_and_no_more(self, crowd: Crowd) -> None:
        crowd.sends(per_second=4)
        asked = crowd.begins(crowd.file(numbers(20)))
        assert asked.goes_on() == 8
        assert asked.goes_on() == 0
        assert asked.status == "running"
        assert crowd.leaves() == 8
        assert asked.goes_on() == 8

    def test_no_more_contacts_are_reached_than_the_provider_allows(self, crowd: Crowd) -> None:
        (alone,) = friends(crowd.world, numbers(1, first=500))
        alone.is_asked()
        crowd.leaves()
        crowd.chooses(messaging_limit=5)
        asked = crowd.begins(crowd.file(numbers(8)))
        crowd.world.passes(hours=2)
        asked.runs_out()
        assert asked.progress.statuses == {"asked": 4, "waiting": 4}
        assert asked.obstacle == "messaging_limit"
        crowd.world.passes(hours=22)
        asked.runs_out()
        assert asked.progress.statuses == {"asked": 5, "waiting": 3}
        crowd.world.passes(hours=2)
        asked.runs_out()
        assert asked.status == "done"
        assert set(crowd.requests().values()) == {1}

    def test_a_limit_that_is_raised_is_seen_within_a_minute(self, crowd: Crowd) -> None:
        crowd.chooses(messaging_limit=1)
        asked = crowd.begins(crowd.file(numbers(3)))
        asked.runs_out()
        crowd.chooses(messaging_limit=0)
        crowd.world.passes(minutes=1)
        asked.runs_out()
        assert (asked.status, asked.obstacle) == ("done", None)


class TestQuietHours:
    def test_each_waits_for_the_morning_where_they_are(self, crowd: Crowd) -> None:
        berlin, california = "+4915112345678", "+14155550100"
        asked = crowd.begins(crowd.file([berlin, california]))  # it is noon, UTC
        asked.runs_out()
        assert asked.fates == {
            berlin: ("asked", None),
            california: ("waiting", "quiet_hours"),
        }
        assert asked.obstacle == "quiet_hours"
        assert asked.progress.next_at == crowd.world.now.replace(hour=16)
        crowd.world.passes(hours=4)
        asked.runs_out()
        assert asked.status == "done"
        assert crowd.requests() == Counter([berlin, california])

    def test_which_are_changed_count_from_the_next_beginning(self, crowd: Crowd) -> None:
        asked = crowd.begins(crowd.file(["+14155550100"]))
        asked.runs_out()
        crowd.chooses(quiet_hours="")
        asked.does("pause")
        asked.does("resume")
        asked.runs_out()
        assert asked.status == "done"


class TestPauses:
    def test_who_is_not_asked_yet_waits_or_is_let_go(self, crowd: Crowd) -> None:
        asked = crowd.begins(crowd.file(numbers(6)))
        asked.goes_on(limit=2)
        asked.does("pause")
        asked.runs_out()
        assert asked.progress.statuses == {"asked": 2, "waiting": 4}
        asked.does("resume")
        asked.goes_on(limit=1)
        asked.does("cancel")
        asked.runs_out()
        assert asked.progress.statuses == {"asked": 3, "cancelled": 3}
        assert len(crowd.requests()) == 3

    def test_what_cannot_be_done_is_said(self, crowd: Crowd) -> None:
        asked = crowd.begins(crowd.file(numbers(1)))
        asked.runs_out()
        for deed in ("pause", "resume", "cancel"):
            with pytest.raises(Mistake, match="is done cannot be"):
                asked.does(deed)


def test_one_who_cannot_be_asked_stops_nobody(crowd: Crowd, runtime: Runtime) -> None:
    good, bad, other = friends(crowd.world, numbers(3))
    with crowd.world.database.writing() as connection:
        broken = update(Conversation).where(Conversation.id == bad.key[1])
        connection.execute(broken.values(automatic=["no moment"]))
    asked = crowd.begins(crowd.found())
    while asking.ask(runtime):
        pass
    assert asked.status == "done"
    assert asked.fates[good.phone] == asked.fates[other.phone] == ("asked", None)
    assert asked.fates[bad.phone] == ("failed", "failed")
    with crowd.world.database.reading() as connection:
        assert connection.scalars(select(Problem.kind)).all() == ["bulk request"]


def test_workers_at_once_ask_nobody_twice(crowd: Crowd, runtime: Runtime) -> None:
    crowd.sends(per_second=20)
    first, second = numbers(60), numbers(60, first=40)
    one, other = crowd.begins(crowd.file(first)), crowd.begins(crowd.file(second))

    def works(_: int) -> None:
        for _ in range(8):
            asking.ask(runtime)

    for _ in range(4):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(works, range(4)))
        assert crowd.leaves() <= 40, "the queue stays short, whoever asks"
    for asked in (one, other):
        asked.runs_out()
        assert asked.status == "done"
    assert crowd.requests() == Counter({*first, *second})
    assert other.progress.reasons == {"already_requested": 20}


def test_one_who_is_gone_meanwhile_is_passed_over(crowd: Crowd) -> None:
    asked = crowd.begins(crowd.file(numbers(2)))
    with crowd.world.database.writing() as connection:
        for table in ("contact_word", "address", "contact"):
            connection.exec_driver_sql(f'DELETE FROM "{table}"')
    asked.runs_out()
    assert asked.progress.reasons == {"not_found": 2}


@ON_SQLITE
def test_what_a_worker_looks_for_is_found_by_an_index(crowd: Crowd) -> None:
    asked = crowd.begins(crowd.file(numbers(3)))
    world, sender_id = crowd.world, crowd.world.house().sender_id
    crowd.chooses(messaging_limit=10)
    with world.database.writing() as connection:
        seen: list[tuple[str, Any]] = []

        def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
            seen.append((statement, values))

        event.listen(connection, "before_cursor_execute", note)
        step.ask_next(connection, sender_id, world.now)
        event.remove(connection, "before_cursor_execute", note)
        looks = [(one, values) for one, values in seen if one.startswith("SELECT")]
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", values).all())
            for one, values in looks
        ]
    assert asked.progress.statuses == {"asked": 3}
    assert [plan for plan in plans if "SCAN" in plan and "USING" not in plan] == []
    for index in ("ix_campaign_running", "ix_invitation_waiting", "ix_message_begun_by_us"):
        assert any(index in plan for plan in plans), index


DEEDS = ("go on", "kill", "pause", "resume", "leave", "hours", "yes", "hello", "STOP")


@ON_SQLITE
@settings(
    max_examples=30, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    deeds=st.lists(st.sampled_from(DEEDS), max_size=25),
    hour=st.integers(0, 23), limit=st.sampled_from((0, 3, 7)), rate=st.sampled_from((1, 2, 80)),
)  # fmt: skip
def test_whatever_happens_everybody_is_asked_once(
    world: World, deeds: list[str], hour: int, limit: int, rate: int
) -> None:
    house = next(houses)
    world.now = NOON.replace(hour=hour)
    world.organization_id = world.add_organization(f"House {house}", f"whatsapp:+1555{house:07d}")
    crowd = Crowd(world)
    crowd.chooses(messaging_limit=limit)
    crowd.sends(per_second=rate)
    phones = [*numbers(4), "+14155550100", "+819012345678", "+61412345678"]
    asked = crowd.begins(crowd.file(phones))
    known = [friend for phone in phones[:3] if (friend := acquainted(world, phone))]
    for place, deed in enumerate(deeds):
        happens(deed, crowd, asked, known[place % 3])
    if asked.status == "paused":
        asked.does("resume")
    for _ in range(24 * len(phones)):
        asked.runs_out()
        if asked.status == "done":
            break
        world.passes(hours=1)

    assert asked.status == "done"
    assert {status for status, _ in asked.fates.values()} <= {"asked", "refused"}
    asked_by_it = entries_of(world, str(asked.campaign[1]))
    assert set(asked_by_it.values()) <= {1}
    assert len(asked_by_it) == asked.progress.statuses.get("asked", 0)
    assert all(friend.is_proved() for friend in known)


def acquainted(world: World, phone: str) -> Friend:
    """Somebody whom a file has made a contact, before anybody asked them."""
    with world.database.writing() as connection:
        contact_id = contacts.by_address(connection, world.organization_id, phone)
        assert contact_id
        key = newcomers.open_conversation(connection, world.house(), contact_id, phone, world.now)
    return Friend(world, world.house(), phone, (world.organization_id, key))


def happens(deed: str, crowd: Crowd, asked: Asking, friend: Friend) -> None:
    match deed:
        case "go on":
            asked.goes_on(limit=2)
        case "kill":
            asked.is_killed_while_it_goes_on()
        case "leave":
            crowd.leaves()
        case "hours":
            crowd.world.passes(hours=5)
            crowd.world.expire()
        case "pause" | "resume":
            with suppress(Mistake):
                asked.does(deed)
        case _:
            friend.says(deed)


def entries_of(world: World, campaign: str) -> Counter[UUID]:
    """How many entries of each conversation's ledger speak of a campaign."""
    query = select(Entry.conversation_id, Entry.body).where(
        Entry.organization_id == world.organization_id
    )
    with world.database.reading() as connection:
        rows = connection.execute(query).all()
    return Counter(row[0] for row in rows if json.loads(row.body).get("campaign") == campaign)


@ON_SQLITE
@settings(
    max_examples=20, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    stories=st.lists(st.sampled_from(("", "ask", "yes", "no", "wait")), max_size=8),
    hour=st.integers(0, 23),
)  # fmt: skip
def test_what_is_foreseen_is_what_happens(world: World, stories: list[str], hour: int) -> None:
    house = next(houses)
    world.now = NOON.replace(hour=hour)
    world.organization_id = world.add_organization(f"House {house}", f"whatsapp:+1555{house:07d}")
    crowd = Crowd(world)
    crowd.chooses(messaging_limit=0)
    for story, friend in zip(stories, friends(world, numbers(8)), strict=False):
        for said in story.split():
            friend.is_asked()
            if said in ("yes", "no"):
                friend.says(said)
    candidates = crowd.file([*numbers(8), "+14155550100", "+819012345678", "1", numbers(1)[0]])
    foreseen = counts(crowd.foresees(candidates))
    asked = crowd.begins(candidates)
    asked.runs_out()
    happened = asked.progress
    assert happened.statuses.get("asked", 0) == foreseen["asked"]
    assert happened.statuses.get("waiting", 0) == foreseen["later"]
    assert happened.statuses.get("refused", 0) == foreseen["refused"]
    assert happened.reasons == foreseen["reasons"]
