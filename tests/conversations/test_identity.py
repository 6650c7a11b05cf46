"""People with several addresses: joined on proof, never by guess."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, count
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from bot.conversations import engine
from bot.conversations.actions import Refusal
from bot.conversations.inbound import Inbound
from bot.people import contacts, newcomers
from bot.store.models import Address, Contact, Conversation, Message, Sender
from flows.replies import Heard
from tests.world import SMS, WHATSAPP, Friend, World, new_sid

DIALLED, CANONICAL = "+525512345678", "+5215512345678"
USER = "MX.13491208655302741918"

NUMBERS = count(1_000_000)


def writes(world: World, address: str, text: str = "hello", **more: object) -> None:
    """Somebody writes on WhatsApp from an address, known or not."""
    sender = str(more.pop("to", WHATSAPP))
    message = Inbound(new_sid(), sender, address, Heard(text), **more)  # type: ignore[arg-type]
    with world.database.writing() as connection:
        engine.receive(connection, [message], world.now, world.now)


def friend(world: World, address: str, channel: str = "whatsapp") -> Friend:
    """The conversation with an address."""
    house = world.house(channel)
    query = select(Conversation.id).where(
        Conversation.address == address, Conversation.sender_id == house.sender_id
    )
    with world.database.reading() as connection:
        found = connection.scalars(query).one()
    return Friend(world, house, address, (world.organization_id, found))


def owner(world: World, address: str) -> UUID | None:
    with world.database.reading() as connection:
        return contacts.by_address(connection, world.organization_id, address)


def asked(world: World, phone: str = DIALLED) -> tuple[Friend, str]:
    """A contact who was asked, and the sid of the request that reached them."""
    jo = world.contact(phone)
    jo.is_asked()
    return jo, sent(world, jo.request_id)


def sent(world: World, message_id: UUID) -> str:
    sid = new_sid()
    with world.database.writing() as connection:
        table = Message.__table__
        connection.execute(
            table.update().where(table.c.id == message_id).values(sid=sid, status="delivered")  # type: ignore[attr-defined]
        )
    return sid


class TestUsernames:
    def test_somebody_with_a_username_alone_is_asked_answers_and_is_written_to(
        self, world: World
    ) -> None:
        writes(world, USER, "hello", profile_name="Jo")
        jo = friend(world, USER)
        assert (jo.state, jo.heard) == ("requested", ["ask"])
        jo.says("Yes")
        assert (jo.state, jo.may("send_text"), jo.may("send_sms")) == ("opted_in", True, False)
        assert jo.now.to_address == f"whatsapp:{USER}"

    def test_a_user_id_named_beside_a_number_is_the_same_person(self, world: World) -> None:
        jo = world.contact(DIALLED)
        jo.is_asked()
        jo.says("hm?", user_id=USER)
        assert owner(world, USER) == owner(world, DIALLED)

        writes(world, USER, "Yes")

        assert (jo.state, jo.is_proved()) == ("opted_in", True)
        assert jo.lines[-3].text == "Yes"

    def test_the_second_message_with_both_asks_the_database_no_more_than_the_first_without(
        self, world: World
    ) -> None:
        jo, _ = asked(world)
        jo.says("hm?", user_id=USER)
        with_name = statements(world, lambda: jo.says("hm?", user_id=USER))
        without = statements(world, lambda: jo.says("hm?"))
        assert with_name == without

    def test_somebody_known_by_username_whose_number_shows_up_later(self, world: World) -> None:
        writes(world, USER, "hello", profile_name="Jo")
        stranger = friend(world, USER)
        stranger.says("Yes")
        jo = world.contact(DIALLED)

        jo.says("my new question", user_id=USER)

        assert owner(world, USER) == owner(world, DIALLED) == jo.now.contact_id
        assert stranger.lines[-1].text == "my new question", "they go on where they said yes"
        assert jo.state == "new"

    def test_a_user_id_that_comes_with_another_number_leaves_both_as_they_are(
        self, world: World
    ) -> None:
        jo = world.contact("+4915112345678")
        jo.is_asked()
        jo.says("Yes", user_id="DE.1")
        writes(world, "+4915199999999", "hello", user_id="DE.1")

        other = friend(world, "+4915199999999")
        assert other.now.contact_id != jo.now.contact_id
        assert owner(world, "DE.1") == jo.now.contact_id
        assert (other.state, jo.state) == ("requested", "opted_in"), "consent does not move along"


class TestSpellings:
    def test_the_other_spelling_alone_is_a_stranger(self, world: World) -> None:
        jo, _ = asked(world)
        writes(world, CANONICAL, "Yes")

        other = friend(world, CANONICAL)
        assert (jo.state, other.state) == ("requested", "requested")
        assert other.now.contact_id != jo.now.contact_id
        assert other.recorded == ["consent.requested"], "a yes to what nobody there was asked"

    def test_a_yes_that_replies_to_our_request_counts_for_it(self, world: World) -> None:
        jo, sid = asked(world)

        writes(world, CANONICAL, "Yes", replied_to=sid)

        assert (jo.state, jo.heard, jo.is_proved()) == ("opted_in", ["ask", "welcome"], True)
        assert owner(world, CANONICAL) == owner(world, DIALLED)
        writes(world, CANONICAL, "When do you open?")
        assert jo.lines[-1].text == "When do you open?"
        assert jo.links[-1].personal["values"]["written_from"] == CANONICAL  # type: ignore[index]

    def test_a_reply_to_a_message_of_ours_to_somebody_else_proves_nothing(
        self, world: World
    ) -> None:
        jo, sid = asked(world, "+4915112345678")
        writes(world, "+4915199999999", "Yes", replied_to=sid)
        writes(world, "DE.7", "Yes", replied_to=new_sid())
        assert jo.state == "requested"
        assert friend(world, "+4915199999999").state == "requested"
        assert owner(world, "DE.7") != owner(world, "+4915112345678")

    def test_a_reply_to_the_message_of_another_organization_proves_nothing(
        self, world: World
    ) -> None:
        jo, sid = asked(world)
        world.add_organization("Other", "whatsapp:+15550009999")
        writes(world, CANONICAL, "Yes", replied_to=sid, to="whatsapp:+15550009999")
        assert jo.state == "requested"

    def test_their_own_message_is_no_proof(self, world: World) -> None:
        jo, _ = asked(world)
        heard = jo.message("hm?")
        jo.delivers(heard)
        writes(world, CANONICAL, "Yes", replied_to=heard.sid)
        assert jo.state == "requested"

    def test_a_username_that_replies_to_our_request_is_its_addressee(self, world: World) -> None:
        jo, sid = asked(world, "+4915112345678")
        writes(world, "DE.1", "Yes", replied_to=sid)
        assert jo.state == "opted_in"

    def test_two_conversations_become_one(self, world: World) -> None:
        jo, sid = asked(world)
        writes(world, CANONICAL, "hello", profile_name="Someone")
        other = friend(world, CANONICAL)
        gone = other.now.contact_id

        writes(world, CANONICAL, "Yes", replied_to=sid)
        writes(world, CANONICAL, "Thank you")

        assert (jo.state, jo.lines[-1].text) == ("opted_in", "Thank you")
        assert other.state == "requested"
        assert other.now.contact_id == jo.now.contact_id != gone
        with world.database.reading() as connection:
            found = contacts.find(connection, world.organization_id, gone)
            everybody = contacts.search_people(connection, world.organization_id).people
        assert found == everybody[0], "who knew the other contact by its id still finds them"
        assert [person.name for person in everybody] == ["Jo"]
        assert {place.value for place in everybody[0].places} == {DIALLED, CANONICAL}


class TestStops:
    def test_a_stop_under_one_address_stops_all(self, world: World) -> None:
        jo, sid = asked(world)
        writes(world, CANONICAL, "hello")
        other = friend(world, CANONICAL)
        other.says("Yes")
        writes(world, CANONICAL, "Yes", replied_to=sid)
        assert (jo.state, other.state) == ("opted_in", "opted_in")

        jo.says("STOP")

        assert (jo.state, other.state) == ("opted_out", "opted_out")
        assert (jo.heard.count("goodbye"), other.heard.count("goodbye")) == (1, 0)
        assert jo.is_proved()
        assert other.is_proved()
        assert other.recorded[-1] == "consent.withdrawn"

    def test_a_stop_from_the_other_spelling_given_before_it_was_known_to_be_theirs(
        self, world: World
    ) -> None:
        jo, sid = asked(world)
        jo.says("Yes")
        writes(world, CANONICAL, "STOP")
        assert jo.state == "opted_in", "nothing proves yet whose stop it is"

        writes(world, CANONICAL, "where are you?", replied_to=sid)

        assert jo.state == "opted_out"
        assert "goodbye" not in jo.heard
        writes(world, CANONICAL, "Yes", replied_to=sid)
        assert jo.state == "opted_in"
        writes(world, CANONICAL, "Thanks", user_id=USER)
        assert jo.state == "opted_in", "a yes is newer than the stop that was joined before it"

    def test_a_stop_to_another_sender_counts_there_as_soon_as_they_are_joined(
        self, world: World
    ) -> None:
        second = world.gets_a_second_sender().address
        jo = world.contact(DIALLED)
        for sender in (WHATSAPP, second):
            writes(world, DIALLED, "hello", to=sender)
            writes(world, DIALLED, "Yes", to=sender)
        writes(world, USER, "STOP", to=second)

        jo.says("hm?", user_id=USER)

        with world.database.reading() as connection:
            query = select(Sender.address, Conversation.state).join(
                Conversation, Conversation.sender_id == Sender.id
            )
            states = sorted(tuple(row) for row in connection.execute(query))
        assert states == [
            (WHATSAPP, "opted_in"), (second, "opted_out"), (second, "opted_out"),
        ]  # fmt: skip

    def test_in_one_batch_as_one_after_another(self, world: World) -> None:
        jo, sid = asked(world)
        first = Inbound(new_sid(), WHATSAPP, CANONICAL, Heard("Yes"), replied_to=sid)
        last = replace(first, sid=new_sid(), address=USER, heard=Heard("STOP"), replied_to=None)
        middle = replace(first, sid=new_sid(), heard=Heard("ok"), user_id=USER)
        jo.delivers(first, middle, last)
        assert (jo.state, jo.heard) == ("opted_out", ["ask", "welcome", "goodbye"])
        assert jo.is_proved()

    def test_an_agent_or_the_provider_who_reports_a_stop_stops_all(self, world: World) -> None:
        jo, sid = asked(world)
        writes(world, CANONICAL, "hello")
        other = friend(world, CANONICAL)
        writes(world, CANONICAL, "Yes", replied_to=sid)
        jo.withdraws()
        assert other.state == "opted_out"

    def test_who_stopped_by_username_is_not_asked_at_the_number_that_shows_up(
        self, world: World
    ) -> None:
        writes(world, USER, "STOP")
        jo = friend(world, USER)
        writes(world, DIALLED, "hm?", user_id=USER)
        whose = {DIALLED: jo.now.contact_id, USER: jo.now.contact_id}

        with world.database.writing() as connection:
            opened = newcomers.open_conversations(connection, world.house(), whose, world.now)

        assert set(opened.values()) == {jo.key[1]}
        assert jo.is_asked() == Refusal("opted_out")

    def test_by_sms_too_a_stop_counts_under_the_other_spelling(self, world: World) -> None:
        jo, sid = asked(world)
        writes(world, CANONICAL, "Yes", replied_to=sid)
        writes(world, CANONICAL, "STOP", to=SMS)
        writes(world, DIALLED, "hello", to=SMS)

        text = friend(world, CANONICAL, "sms")
        assert (text.state, text.lines[-2].text) == ("opted_out", "hello")
        assert jo.state == "opted_in"

    def test_sms_is_stopped_apart(self, world: World) -> None:
        jo = world.contact(DIALLED)
        jo.is_asked()
        jo.says("Yes")
        writes(world, DIALLED, "hello", to=SMS)
        text = friend(world, DIALLED, "sms")
        text.says("STOP")
        assert (text.state, jo.state) == ("opted_out", "opted_in")


ADDRESSES = (DIALLED, CANONICAL, USER, "+525599999999", "MX.2")


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@example([
    ("+525512345678", "Yes", "MX.1"), ("+5215512345678", "Yes", "MX.1"),
    ("+525512345678", "Yes", "MX.2"),
])  # fmt: skip
@given(
    st.lists(
        st.tuples(
            st.sampled_from(ADDRESSES), st.sampled_from(("Yes", "STOP", "hello")),
            st.sampled_from((None, USER, "MX.2")),
        ),
        max_size=8,
    )
)  # fmt: skip
def test_without_a_proof_nobody_is_joined_and_a_stop_never_leaves_one_open(
    world: World, said: list[tuple[str, str, str | None]]
) -> None:
    sender = f"whatsapp:+1555{next(NUMBERS):07d}"
    organization_id = world.add_organization(f"House {sender}", sender)
    sends = [
        Inbound(new_sid(), sender, address, Heard(text), user_id=user_id)
        if address.startswith("+") else Inbound(new_sid(), sender, address, Heard(text))
        for address, text, user_id in said
    ]  # fmt: skip
    for one in sends:
        with world.database.writing() as connection:
            engine.receive(connection, [one], world.now, world.now)
        if one.heard.text == "STOP":
            assert states(world, organization_id, one.address) == {"opted_out"}
    joined = families(world, organization_id)
    vouched = {frozenset((one.address, one.user_id)) for one in sends if one.user_id}
    # Two spellings that one user id has had are one number, whoever has it now.
    spelled = {
        frozenset((one.address, other.address))
        for one, other in combinations(sends, 2)
        if one.user_id and one.user_id == other.user_id and one.address != other.address
    }
    for family in joined:
        linked = {pair for pair in vouched | spelled if pair <= family}
        assert len(family) == 1 or frozenset().union(*linked) == family


def families(world: World, organization_id: UUID) -> list[frozenset[str]]:
    query = select(Address.contact_id, Address.value)
    with world.database.reading() as connection:
        rows = connection.execute(query.where(Address.organization_id == organization_id)).all()
    return [
        frozenset(row.value for row in rows if row.contact_id == one)
        for one in {row.contact_id for row in rows}
    ]


def states(world: World, organization_id: UUID, address: str) -> set[str]:
    """The states of all conversations of the person with this address."""
    query = (
        select(Conversation.state)
        .join(Address, Address.contact_id == Conversation.contact_id)
        .where(Address.organization_id == organization_id, Address.value == address)
    )
    with world.database.reading() as connection:
        return set(connection.scalars(query))


class TestStrangers:
    def test_many_at_once_cost_as_many_statements_as_one(self, world: World) -> None:
        def come(first: int, count: int) -> None:
            messages = [
                Inbound(new_sid(), WHATSAPP, f"+4915{first + n:09d}", Heard("hello"))
                for n in range(count)
            ]
            with world.database.writing() as connection:
                engine.receive(connection, messages, world.now, world.now)

        come(0, 1)
        one = statements(world, lambda: come(100, 1))
        assert statements(world, lambda: come(200, 40)) == one
        with world.database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(Contact)) == 42

    def test_kept_strangers_are_recorded_and_hear_nothing(self, world: World) -> None:
        world.keeps_strangers()
        writes(world, USER, "hello", profile_name="Jo")
        jo = friend(world, USER)
        jo.says("HELP")
        jo.says("Yes")
        assert (jo.state, jo.heard) == ("new", [])
        assert [line.text for line in jo.lines] == ["hello", "HELP", "Yes"]
        assert jo.recorded == ["message.received"] * 3

    def test_kept_strangers_can_stop_and_are_never_asked_then(self, world: World) -> None:
        world.keeps_strangers()
        writes(world, USER, "STOP")
        jo = friend(world, USER)
        assert (jo.state, jo.heard) == ("opted_out", ["goodbye"])
        assert jo.is_asked() is not None

    def test_an_agent_may_ask_a_kept_stranger_who_then_says_yes(self, world: World) -> None:
        world.keeps_strangers()
        writes(world, USER, "hello")
        jo = friend(world, USER)
        assert jo.is_asked() is None
        jo.says("Yes")
        assert (jo.state, jo.heard) == ("opted_in", ["ask", "welcome"])


def statements(world: World, call: object) -> int:
    """How many statements a call costs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        call()  # type: ignore[operator]
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)
    return len(seen)
