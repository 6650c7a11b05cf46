"""A yes answers a question: where none went out, or another one was answered, it opens nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.conversations import letters
from bot.conversations.actions import Refusal
from bot.conversations.changes import AUTOMATIC_LIMIT
from bot.conversations.letters import Letter
from bot.store.bulk import update_all
from bot.store.models import Message, Organization, Sender
from flows.flow import DAY
from flows.replies import Heard
from tests.world import TEMPLATE, Friend, World, new_sid


@pytest.fixture
def jo(world: World) -> Friend:
    return world.contact()


def calls_for_help(friend: Friend, often: int = AUTOMATIC_LIMIT) -> None:
    for _ in range(often):
        friend.says("HELP")


class TestAQuestionThatCannotGoOut:
    def test_after_ten_automatic_messages(self, world: World, jo: Friend) -> None:
        calls_for_help(jo)
        jo.says("hello")
        jo.says("yes")

        assert (jo.state, jo.now.due_at) == ("new", None)
        assert "ask" not in jo.heard
        assert jo.is_proved()

        world.passes(hours=24)
        jo.says("hello")
        assert (jo.state, jo.heard[-1]) == ("requested", "ask")

    def test_where_an_agent_asks_after_ten(self, world: World, jo: Friend) -> None:
        calls_for_help(jo)
        assert jo.is_asked() == Refusal("too_many_messages", world.now + DAY)
        assert not jo.may("request_opt_in")
        assert (jo.state, jo.recorded.count("consent.requested")) == ("new", 0)

        world.passes(hours=24)
        assert jo.is_asked() is None
        assert jo.heard[-1] == "ask"

    def test_by_sms_nobody_is_informed_by_a_disclaimer_that_did_not_go_out(
        self, world: World
    ) -> None:
        kim = world.contact("+4915100000001", channel="sms")
        calls_for_help(kim)
        kim.says("hello")
        assert kim.state == "new"

        letter = Letter(kim.key, "agent", "Your car is ready")
        with world.database.writing() as connection:
            assert letters.write(connection, letter, world.now) == Refusal("not_informed")

    def test_found_by_a_sweep_when_the_window_had_closed(self, world: World, jo: Friend) -> None:
        with world.database.writing() as connection:
            connection.execute(update(Sender).values(templates={}))
        long_ago = world.now - timedelta(hours=30)
        jo.says("hello", sent_at=long_ago, via="sweep")
        jo.says("yes", sent_at=long_ago + timedelta(minutes=1), via="sweep")
        assert (jo.state, jo.heard) == ("new", [])
        assert jo.is_proved()

    def test_where_whatsapp_is_off(self, world: World, jo: Friend) -> None:
        with world.database.writing() as connection:
            connection.execute(update(Organization).values(whatsapp=False))
        jo.says("hello")
        jo.says("yes")
        assert (jo.state, jo.heard) == ("new", [])

        jo.says("STOP")
        assert jo.state == "opted_out", "a stop counts whatever is off"


class TestAnAnswerToAnotherQuestion:
    @pytest.fixture
    def stopped(self, world: World, jo: Friend) -> Friend:
        """Somebody who was opted in, was asked something else, and stopped."""
        jo.is_asked()
        jo.says("yes")
        letter = Letter(jo.key, "agent", template=TEMPLATE)
        with world.database.writing() as connection:
            sent = letters.write(connection, letter, world.now)
            row = {"organization_id": jo.key[0], "id": sent, "status": "read"}
            update_all(connection, Message, [row | {"sid": self.QUESTION}])
        jo.says("STOP")
        assert jo.state == "opted_out"
        return jo

    QUESTION = "MM" + "7" * 32

    @pytest.mark.parametrize(
        "heard",
        [
            Heard("Yes", payload="yes", button="Yes"),
            Heard("Ja", button="Ja"),
            Heard("yes"),
            Heard("START"),
        ],
        ids=["tap", "title", "quoted yes", "quoted start"],
    )
    def test_is_no_consent(self, stopped: Friend, heard: Heard) -> None:
        answer = replace(stopped.message(""), heard=heard, replied_to=self.QUESTION)
        stopped.delivers(answer)

        assert stopped.state == "opted_out"
        assert stopped.heard[-1] == "ask_again", "they learn how to come back"
        assert stopped.is_proved()
        stopped.says("yes")
        assert stopped.state == "opted_in"

    def test_nor_in_the_batch_that_brings_the_stop(self, stopped: Friend) -> None:
        stopped.says("yes")
        answer = replace(
            stopped.message("Yes"), heard=Heard("Yes", "yes", "Yes"), replied_to=self.QUESTION
        )
        stopped.delivers(stopped.message("STOP"), answer)
        assert stopped.state == "opted_out"

    def test_a_yes_to_our_own_question_still_counts(self, world: World, stopped: Friend) -> None:
        sid = new_sid()
        with world.database.writing() as connection:
            row = {"organization_id": stopped.key[0], "id": stopped.request_id, "sid": sid}
            update_all(connection, Message, [row])
        tap = replace(stopped.message("Yes"), heard=Heard("Yes", "optin_yes", "Yes"))
        stopped.delivers(replace(tap, replied_to=sid))
        assert stopped.state == "opted_in"

    def test_so_does_one_to_a_message_that_nobody_knows(self, stopped: Friend) -> None:
        stopped.delivers(replace(stopped.message("yes"), replied_to=new_sid()))
        assert stopped.state == "opted_in"

    def test_a_stop_counts_whatever_it_quotes(self, stopped: Friend) -> None:
        stopped.says("yes")
        stopped.delivers(replace(stopped.message("STOP"), replied_to=self.QUESTION))
        assert stopped.state == "opted_out"


class TestWhatASweepFindsOutOfOrder:
    @pytest.fixture
    def asked(self, jo: Friend) -> Friend:
        assert jo.is_asked() is None
        return jo

    def test_a_no_that_was_lost_is_a_no(self, world: World, asked: Friend) -> None:
        asked.world.passes(minutes=5)
        asked.says("who is this?")
        asked.says("No", sent_at=world.now - timedelta(minutes=1), via="sweep")
        assert asked.state == "opted_out"
        assert asked.recorded[-1] == "consent.refused"

    def test_but_a_yes_that_came_after_it_holds(self, world: World, asked: Friend) -> None:
        asked.world.passes(minutes=5)
        asked.says("yes")
        asked.says("No", sent_at=world.now - timedelta(minutes=1), via="sweep")
        assert asked.state == "opted_in"

    @pytest.mark.parametrize("apart", [-1, 0])
    def test_a_yes_too_close_to_a_stop_to_tell_which_was_first(
        self, world: World, asked: Friend, apart: int
    ) -> None:
        """Twilio's dates have whole seconds."""
        asked.says("STOP")
        asked.says("yes", sent_at=world.now + timedelta(seconds=apart), via="sweep")
        assert asked.state == "opted_out"
        asked.world.passes(seconds=10)
        asked.says("yes")
        assert asked.state == "opted_in"
