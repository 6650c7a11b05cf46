"""Turns in the database: what is said, told, proved, and when nothing happens at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.conversations import engine, held, letters
from bot.conversations.actions import Refusal
from bot.conversations.engine import Failed
from bot.store.models import Conversation, Sender
from flows.flow import DAY
from flows.replies import Heard
from tests.world import Friend, World, new_sid

YES, STOP = "Yes", "STOP"


@pytest.fixture
def jo(world: World) -> Friend:
    return world.contact()


@pytest.fixture
def asked(jo: Friend) -> Friend:
    assert jo.is_asked() is None
    return jo


@pytest.fixture
def friend(asked: Friend) -> Friend:
    asked.says(YES)
    return asked


def test_a_contact_accepts(asked: Friend) -> None:
    assert asked.says(YES) == "taken"

    assert asked.state == "opted_in"
    assert asked.heard == ["ask", "welcome"]
    assert asked.told == ["request_sent", "opted_in"]
    assert asked.recorded == ["consent.requested", "consent.given"]
    assert asked.may("send_text")
    assert asked.is_proved()


def test_a_contact_refuses_and_comes_back_days_later(world: World, asked: Friend) -> None:
    asked.says("No")
    assert asked.state == "opted_out"
    assert asked.is_asked() == Refusal("opted_out")

    world.passes(days=3)
    asked.says(YES)

    assert asked.state == "opted_in"
    assert asked.heard == ["ask", "goodbye", "welcome"]
    assert asked.recorded == ["consent.requested", "consent.refused", "consent.renewed"]
    assert asked.is_proved()


def test_silence_ends_after_86400_seconds_and_a_late_yes_still_counts(
    world: World, asked: Friend
) -> None:
    world.passes(seconds=86_399.999)
    assert world.expire() == 0
    world.passes(seconds=0.001)
    assert world.expire() == 1

    assert (asked.state, asked.told) == ("no_answer", ["request_sent", "no_answer"])
    world.passes(days=10)
    asked.says(YES)
    assert asked.state == "opted_in"
    assert asked.is_proved()


def test_a_second_request_is_refused_until_the_very_second(world: World, asked: Friend) -> None:
    due = world.now + DAY
    world.passes(hours=23, minutes=59, seconds=59)
    assert asked.is_asked() == Refusal("already_requested", due)

    world.passes(seconds=1)
    assert asked.is_asked() is None

    assert asked.told == ["request_sent", "no_answer", "request_sent"]
    assert asked.now.due_at == world.now + DAY
    assert asked.is_proved()


def test_a_message_delivered_twice_counts_once(asked: Friend) -> None:
    yes = asked.message(YES)

    assert asked.delivers(yes) == "taken"
    assert asked.delivers(yes) == "seen before"
    assert asked.delivers(yes, yes) == "seen before"
    assert asked.heard == ["ask", "welcome"]


def test_the_same_message_twice_in_one_batch_counts_once(asked: Friend) -> None:
    yes = asked.message(YES)
    asked.delivers(yes, yes)
    assert asked.heard == ["ask", "welcome"]


def test_a_batch_is_taken_in_the_order_it_came(asked: Friend) -> None:
    asked.delivers(asked.message(YES), asked.message(STOP))
    assert asked.state == "opted_out"
    assert asked.heard == ["ask", "welcome", "goodbye"]
    assert asked.is_proved()


def test_withdrawal_in_the_middle_of_a_conversation(world: World, friend: Friend) -> None:
    friend.says("When do you open?")
    friend.says(STOP)
    friend.says(STOP)

    assert friend.state == "opted_out"
    assert friend.heard.count("goodbye") == 1
    assert not friend.may("send_text")
    assert not friend.may("send_template")


def test_an_opt_out_that_reached_an_agent(friend: Friend) -> None:
    friend.withdraws("said so on the phone")

    assert friend.state == "opted_out"
    assert friend.told[-1] == "opted_out"
    assert friend.recorded[-1] == "consent.withdrawn"
    assert "said so on the phone" in str(friend.links[-1].personal)
    assert "said so on the phone" not in friend.links[-1].body
    assert friend.is_proved()


def test_a_stranger_who_writes_is_asked_and_never_assumed(world: World) -> None:
    jo = world.contact("+4915100000001")
    stranger = replace(jo, phone="+4915199999999")
    stranger.says(YES, profile_name="Kim")

    with world.database.reading() as connection:
        ends = (stranger.house.address, stranger.phone)
        found = held.by_ends(connection, [ends], lock=False)[ends]
    assert found.state == "requested"


def test_a_message_to_none_of_our_senders_is_kept(world: World, jo: Friend) -> None:
    elsewhere = replace(jo.message("hello"), sender="whatsapp:+15559999999")
    assert jo.delivers(elsewhere) == "stray"
    assert jo.lines == []


def test_a_document_called_yes_is_no_consent(asked: Friend) -> None:
    file = replace(asked.message(""), heard=Heard("yes.pdf", media=True))
    asked.delivers(file)
    assert asked.state == "requested"


def test_the_request_starts_its_clock_when_the_provider_takes_it(
    world: World, asked: Friend
) -> None:
    world.passes(minutes=5)
    with world.database.writing() as connection:
        letters.accept(connection, [letters.Accepted(asked.key, asked.request_id)], world.now)
    assert asked.now.due_at == world.now + DAY


def fails(friend: Friend, kind: str, *, message_id: object = None) -> None:
    failed = Failed(friend.key, message_id or friend.request_id, kind, 63024, "Not there.")  # type: ignore[arg-type]
    with friend.world.database.writing() as connection:
        engine.fail(connection, [failed], friend.world.now)


def test_a_contact_without_whatsapp(asked: Friend) -> None:
    fails(asked, "unreachable")
    assert asked.state == "unreachable"
    assert asked.told[-1] == "unreachable"
    assert asked.may("send_sms")
    assert asked.may("request_opt_in")
    assert asked.now.due_at is None


def test_a_request_that_fails_says_why(asked: Friend) -> None:
    fails(asked, "final")
    assert asked.state == "undelivered"
    assert "Not there." in asked.lines[-1].text


def test_the_failure_of_an_answered_request_moves_nothing(friend: Friend) -> None:
    fails(friend, "final")
    fails(friend, "unreachable")
    assert friend.state == "opted_in"


def test_a_block_is_an_opt_out(friend: Friend) -> None:
    fails(friend, "blocked")
    assert friend.state == "opted_out"
    assert friend.told[-1] == "opted_out_by_provider"
    assert friend.heard == ["ask", "welcome"]


def test_a_yes_older_than_the_stop_that_was_heard_gives_no_consent(
    world: World, friend: Friend
) -> None:
    sent_at = world.now
    world.passes(hours=1)
    friend.says(STOP)
    world.passes(minutes=5)

    friend.says(YES, sent_at=sent_at, via="sweep")

    assert friend.state == "opted_out"
    assert friend.recorded[-1] == "message.received"


def test_a_stop_found_late_is_never_lost(world: World, friend: Friend) -> None:
    sent_at = world.now
    world.passes(hours=1)
    friend.says("thanks")
    friend.says(STOP, sent_at=sent_at, via="sweep")
    assert friend.state == "opted_out"


def test_two_robots_do_not_talk_for_ever(world: World, asked: Friend) -> None:
    for _ in range(40):
        world.passes(minutes=1)
        asked.says("help")
    assert len(asked.heard) == 10

    world.passes(hours=24)
    asked.says("help")
    assert len(asked.heard) == 11


def test_free_text_ends_24_hours_after_the_contact_last_wrote(world: World, friend: Friend) -> None:
    assert friend.may("send_text")
    world.passes(hours=24)
    assert not friend.may("send_text")
    assert friend.may("send_template")


def test_without_a_template_a_request_needs_an_open_window(world: World) -> None:
    jo = world.contact()
    with world.database.writing() as connection:
        connection.execute(update(Sender).values(templates={}))
    assert jo.is_asked() == Refusal("no_template")
    jo.says("Hello?")
    assert jo.state == "requested"
    assert jo.heard == ["ask"]


def test_timeouts_are_taken_a_batch_at_a_time(world: World) -> None:
    friends = [world.contact(f"+49151{n:08d}") for n in range(30)]
    for friend in friends:
        friend.is_asked()
    world.passes(hours=24)
    assert world.expire(limit=20) == 20
    assert world.expire(limit=20) == 10
    assert {friend.state for friend in friends} == {"no_answer"}
    assert all(friend.is_proved() for friend in friends)


def test_the_window_counts_from_the_message_not_from_the_sweep(world: World, asked: Friend) -> None:
    sent_at = world.now
    world.passes(hours=2)
    asked.says(YES, sent_at=sent_at, via="sweep")
    assert asked.now.window_until == sent_at + timedelta(hours=24)


def test_a_disclaimer_goes_before_the_agents_first_sms(world: World) -> None:
    jo = world.contact(channel="sms")
    with world.database.writing() as connection:
        letters.write(connection, letters.Letter(jo.key, "agent", "Hello Jo"), world.now)
    assert jo.heard == ["disclaimer", "text"]
    assert jo.state == "informed"
    assert jo.is_proved()


def test_an_sms_stop_leaves_whatsapp_consent_alone(world: World, friend: Friend) -> None:
    by_sms = replace(friend.message(STOP), sid=new_sid(), sender="+15550001000")
    friend.delivers(by_sms)
    assert friend.state == "opted_in"


def test_a_conversation_on_a_flow_that_is_no_more_begins_anew(world: World, friend: Friend) -> None:
    with world.database.writing() as connection:
        connection.execute(update(Conversation).values(flow="long_gone", state="smitten"))
    friend.says("Hello?")
    assert friend.state == "requested"
    assert "state.lost" in friend.recorded
