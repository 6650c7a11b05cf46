"""Numbers that were given to somebody else: WhatsApp names another user id behind them."""

from __future__ import annotations

import pytest

from bot.conversations import engine
from bot.conversations.actions import Refusal
from bot.conversations.inbound import Inbound
from bot.people import contacts
from flows.replies import Heard
from tests.conversations.test_identity import (
    CANONICAL,
    DIALLED,
    asked,
    friend,
    owner,
    sent,
    statements,
    writes,
)
from tests.world import SMS, WHATSAPP, Friend, World, new_sid

FORMER, NEXT = "DE.1111", "DE.2222"
NUMBER = "+4915112345678"


@pytest.fixture
def jo(world: World) -> Friend:
    """Somebody who said yes, and whose user id is known."""
    one = world.contact(NUMBER)
    one.is_asked()
    one.says("Yes", user_id=FORMER)
    assert one.may("send_text")
    return one


class TestConsent:
    @pytest.mark.parametrize("text", ["hello", "Yes", "START", "YES please"])
    def test_is_not_inherited(self, jo: Friend, text: str) -> None:
        jo.says(text, user_id=NEXT)
        assert (jo.state, jo.may("send_text")) == ("requested", False)
        assert jo.heard == ["ask", "welcome", "ask"]
        jo.says("Yes", user_id=NEXT)
        assert jo.state == "opted_in"
        assert jo.recorded == [
            "consent.requested", "consent.given", "number.recycled", "consent.requested",
            "consent.given",
        ]  # fmt: skip
        assert jo.is_proved()

    def test_is_ledgered_with_the_cause(self, jo: Friend) -> None:
        jo.says("hello", user_id=NEXT)
        values = jo.links[2].personal["values"]  # type: ignore[index]
        assert (values["user_id_before"], values["user_id"]) == (FORMER, NEXT)
        assert '"rule":"another user id behind the number"' in jo.links[2].body
        assert NEXT not in jo.links[2].body

    def test_stays_while_the_user_id_does(self, jo: Friend) -> None:
        jo.says("hello", user_id=FORMER)
        jo.says("hello")
        assert jo.state == "opted_in"
        assert "number.recycled" not in jo.recorded

    def test_brought_in_from_elsewhere_falls_too(self, world: World) -> None:
        one = world.contact(NUMBER)
        one.says("STOP is what I say to rain", user_id=FORMER)
        one.consented_elsewhere()
        one.says("who is this?", user_id=NEXT)
        assert one.state == "requested"

    def test_at_other_senders_and_by_sms_falls_with_it(self, world: World, jo: Friend) -> None:
        second = world.gets_a_second_sender().address
        for sender in (second, SMS):
            writes(world, NUMBER, "hello", to=sender)
            writes(world, NUMBER, "Yes", to=sender)
        text = friend(world, NUMBER, "sms")
        assert text.state != "new"

        writes(world, NUMBER, "hello", to=second, user_id=NEXT)

        assert (text.state, jo.state) == ("new", "new")
        assert text.is_proved()
        assert jo.is_proved()
        jo.says("hello", user_id=NEXT)
        assert jo.recorded.count("number.recycled") == 1, "they are known by now"

    def test_falls_whichever_spelling_they_write_from(self, world: World) -> None:
        mx, sid = asked(world)
        writes(world, CANONICAL, "Yes", replied_to=sid, user_id="MX.1")
        assert mx.state == "opted_in"
        writes(world, CANONICAL, "hello", user_id="MX.2")
        assert mx.state == "requested"
        assert owner(world, CANONICAL) == owner(world, DIALLED) == owner(world, "MX.2")

    def test_falls_when_a_reply_from_the_other_spelling_shows_it(self, world: World) -> None:
        mx, _ = asked(world)
        mx.says("Yes", user_id="MX.1")
        later = sent(world, mx.request_id)
        writes(world, CANONICAL, "Yes", replied_to=later, user_id="MX.2")
        assert mx.state == "requested"
        assert mx.now.contact_id == owner(world, "MX.2") != owner(world, "MX.1")

    def test_of_the_former_owner_is_theirs_where_they_gave_it(self, world: World) -> None:
        writes(world, FORMER, "hello", profile_name="Jo")
        named = friend(world, FORMER)
        named.says("Yes")
        number = world.contact(NUMBER)
        number.says("it's me", user_id=FORMER)
        assert (named.lines[-1].text, number.lines) == ("it's me", [])

        writes(world, NUMBER, "hello", user_id=NEXT)

        assert (named.state, number.state) == ("opted_in", "requested")
        named.says("Still there?")
        assert named.lines[-1].text == "Still there?"
        assert named.now.contact_id == owner(world, FORMER) != number.now.contact_id

    def test_of_somebody_known_by_username_is_theirs_at_their_new_number(
        self, world: World, jo: Friend
    ) -> None:
        writes(world, NEXT, "hello", profile_name="Ana")
        ana = friend(world, NEXT)
        ana.says("Yes")
        writes(world, NUMBER, "my number now", user_id=NEXT)
        assert (ana.state, ana.lines[-1].text, jo.state) == ("opted_in", "my number now", "new")
        assert owner(world, NUMBER) == owner(world, NEXT)


class TestWhatAgentsRead:
    def test_says_what_happened_before_what_the_next_owner_wrote(self, jo: Friend) -> None:
        for _ in range(2):
            jo.says("hello", user_id=NEXT)
        assert [line.code for line in jo.lines[4:]] == [
            "opted_in", "number_recycled", "reply", "ask", "contact_wrote_first", "reply", "guide",
            "unclear_reply",
        ]  # fmt: skip
        notice = jo.lines[5].text
        assert notice.startswith("This number belongs to somebody else now")
        assert "Consent does not carry over" in notice

    def test_is_in_the_former_owners_conversation_too(self, world: World, jo: Friend) -> None:
        jo.says("hello", user_id=NEXT)
        left = friend(world, FORMER)
        assert left.told == ["number_given_away"]
        assert left.lines[0].text.startswith("The contact's number belongs to somebody else now")
        writes(world, FORMER, "it's me")
        assert left.told == ["number_given_away", "contact_wrote_first"]

    def test_is_there_when_a_stop_goes_along(self, world: World, jo: Friend) -> None:
        jo.says("STOP", user_id=FORMER)
        jo.says("hello", user_id=NEXT)
        assert jo.told[-1] == "number_recycled"
        assert friend(world, FORMER).told == ["number_given_away", "opted_out"]

    def test_is_in_the_conversation_by_sms_too(self, world: World, jo: Friend) -> None:
        writes(world, NUMBER, "hello", to=SMS)
        jo.says("hello", user_id=NEXT)
        assert friend(world, NUMBER, "sms").told[-1] == "number_recycled"


class TestPeople:
    def test_are_two(self, world: World, jo: Friend) -> None:
        before = jo.now.contact_id
        writes(world, NUMBER, "hello", user_id=NEXT, profile_name="Ana")
        assert owner(world, FORMER) == before
        assert jo.now.contact_id == owner(world, NUMBER) == owner(world, NEXT) != before
        with world.database.reading() as connection:
            found = contacts.search_people(connection, world.organization_id, words=NUMBER).people
        assert [one.name for one in found] == ["Ana"]

    def test_the_former_owners_yes_does_not_count_at_the_number(
        self, world: World, jo: Friend
    ) -> None:
        jo.says("hello", user_id=NEXT)
        writes(world, FORMER, "Yes")
        assert jo.state == "requested"
        assert not friend(world, FORMER).may("send_text")

    def test_who_had_nothing_but_the_number_is_met_there_no_more(self, world: World) -> None:
        world.contact("+4915199999999").says("hello", user_id=FORMER)
        one = world.contact(NUMBER)
        one.is_asked()
        one.says("Yes", user_id=FORMER)  # a user id that is another contact's
        one.says("hello", user_id=NEXT)
        assert one.state == "requested"
        assert owner(world, NUMBER) == owner(world, NEXT)


class TestStops:
    def test_of_the_former_owner_holds_at_the_number(self, world: World, jo: Friend) -> None:
        jo.says("STOP", user_id=FORMER)
        world.passes(hours=1)
        jo.says("Yes", user_id=NEXT)
        assert (jo.state, jo.is_asked()) == ("opted_out", Refusal("opted_out"))
        assert jo.heard[-1] == "ask_again", "a yes to a question that they had not heard"
        jo.says("Yes", user_id=NEXT)
        assert (jo.state, jo.recorded[-1]) == ("opted_in", "consent.renewed")

    def test_of_the_former_owner_goes_along_with_them(self, world: World, jo: Friend) -> None:
        jo.says("STOP", user_id=FORMER)
        jo.says("hello", user_id=NEXT)
        left = friend(world, FORMER)
        assert (left.state, left.is_asked()) == ("opted_out", Refusal("opted_out"))
        assert left.is_proved()

    @pytest.mark.parametrize("text", ["STOP", "NO"])
    def test_of_the_next_owner_counts_at_once(self, world: World, text: str) -> None:
        one = world.contact(NUMBER)
        one.says("hello", user_id=FORMER)
        one.says(text, user_id=NEXT)
        assert (one.state, one.heard[-1]) == ("opted_out", "goodbye")
        assert friend(world, FORMER).state == "new"
        assert one.is_proved()


def test_in_one_batch_as_one_after_another(world: World) -> None:
    one = world.contact(NUMBER)
    one.is_asked()
    one.delivers(
        one.message("Yes", user_id=FORMER), one.message("Yes", user_id=NEXT),
        one.message("Yes", user_id=NEXT),
    )  # fmt: skip
    assert one.state == "opted_in"
    assert one.recorded == [
        "consent.requested", "consent.given", "number.recycled", "consent.requested",
        "consent.given",
    ]  # fmt: skip
    assert one.is_proved()


def test_many_at_once_cost_as_many_statements_as_one(world: World) -> None:
    crowd = [world.contact(f"+4915{n:09d}") for n in range(22)]

    def come(friends: list[Friend], of: str) -> None:
        messages = [
            Inbound(new_sid(), WHATSAPP, one.phone, Heard("hello"), user_id=f"DE.{of}{place}")
            for place, one in enumerate(friends)
        ]
        with world.database.writing() as connection:
            engine.receive(connection, messages, world.now, world.now)

    come(crowd, "1")
    one = statements(world, lambda: come(crowd[:1], "2"))
    assert statements(world, lambda: come(crowd[1:], "3")) == one
    assert {one.recorded.count("number.recycled") for one in crowd} == {1}
