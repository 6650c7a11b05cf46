"""What may leave, when, and in which order: everything is decided at the claim."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from threading import Barrier, Event
from uuid import UUID

import pytest
from sqlalchemy import select, update

from bot.conversations import engine
from bot.messaging import outbox, pausing
from bot.messaging.gateway import Refused, Sent, Unknown
from bot.messaging.outbox import HORIZON, Claimed
from bot.messaging.verdicts import verdict
from bot.store.models import Message, Organization, Pause, Sender
from tests.messaging.post_office import LEASE, PostOffice
from tests.world import Friend, World, new_sid


@pytest.fixture
def asked(world: World) -> Friend:
    friend = world.contact()
    assert friend.is_asked() is None
    return friend


@pytest.fixture
def friend(asked: Friend, office: PostOffice) -> Friend:
    """Somebody who has said yes, and to whom nothing is on its way."""
    office.sends_everything()
    asked.says("Yes")
    office.sends_everything()
    return asked


def crowd(world: World, count: int) -> list[Friend]:
    friends = [world.contact(f"+49151{n:08d}") for n in range(count)]
    for one in friends:
        assert one.is_asked() is None
    return friends


def set_rate(world: World, per_second: float) -> None:
    with world.database.writing() as connection:
        connection.execute(update(Sender).values(per_second=per_second))


class TestAClaim:
    def test_a_message_is_claimed_once(
        self, world: World, asked: Friend, office: PostOffice
    ) -> None:
        claimed = office.claims_one()

        assert office.claims() == []
        assert claimed.key == (world.organization_id, asked.request_id)
        assert (claimed.attempt, claimed.leaves_at) == (1, world.now)
        row = office.row(asked)
        assert (row.status, row.attempt) == ("sending", 1)
        assert (row.claimed_at, row.lease_until) == (world.now, world.now + LEASE)

    def test_nothing_is_claimed_before_it_is_due(
        self, world: World, asked: Friend, office: PostOffice
    ) -> None:
        with world.database.writing() as connection:
            connection.execute(update(Message).values(due_at=world.now + timedelta(seconds=1)))
        assert (office.senders(), office.claims()) == ([], [])
        world.passes(seconds=1)
        assert len(office.senders()) == len(office.claims()) == 1

    def test_no_more_than_there_are_hands(self, world: World, office: PostOffice) -> None:
        crowd(world, 5)
        assert len(office.claims(limit=3)) == 3
        assert office.claims(limit=0) == []

    def test_the_oldest_goes_first(self, world: World, office: PostOffice) -> None:
        friends = [world.contact(f"+49151{n:08d}") for n in range(4)]
        for one in reversed(friends):
            one.is_asked()
            world.passes(seconds=1)
        left = [claimed.row["to_address"] for claimed in office.claims()]
        assert left == [one.now.to_address for one in reversed(friends)]

    def test_a_sender_that_is_not_there(self, world: World) -> None:
        with world.database.writing() as connection:
            gone = outbox.claim(connection, UUID(int=1), world.now, world.now, 10, LEASE)
        assert gone == []


class TestOneInFlight:
    @pytest.fixture
    def two(self, friend: Friend, office: PostOffice) -> Claimed:
        """An agent has written twice; the first message is claimed."""
        assert isinstance(office.writes(friend, "One"), UUID)
        assert isinstance(office.writes(friend, "Two"), UUID)
        return office.claims_one()

    def test_the_second_waits_until_the_first_has_gone(
        self, two: Claimed, office: PostOffice
    ) -> None:
        assert two.row["text"] == "One"
        assert office.claims() == []
        office.answers(two, Sent(new_sid()))
        office.world.passes(seconds=1)
        assert office.claims_one().row["text"] == "Two"

    def test_the_second_waits_while_the_fate_of_the_first_is_unknown(
        self, two: Claimed, office: PostOffice
    ) -> None:
        office.answers(two, Unknown("no answer"))
        office.world.passes(hours=1)
        assert office.claims() == []

    def test_the_second_does_not_overtake_a_first_that_must_wait(
        self, two: Claimed, office: PostOffice
    ) -> None:
        office.answers(two, Refused(verdict(20429)))
        assert office.claims() == []
        office.world.passes(seconds=1)
        assert office.claims_one().row["text"] == "One"

    def test_the_second_goes_on_after_a_first_that_failed(
        self, two: Claimed, office: PostOffice
    ) -> None:
        office.answers(two, Refused(verdict(63013)))
        office.world.passes(seconds=1)
        assert office.claims_one().row["text"] == "Two"

    def test_the_second_goes_on_while_a_person_decides_on_the_first(
        self, two: Claimed, office: PostOffice
    ) -> None:
        with office.world.database.writing() as connection:
            first = Message.id == two.key[1]
            connection.execute(update(Message).where(first).values(status="uncertain"))
        office.world.passes(seconds=1)
        assert office.claims_one().row["text"] == "Two"


class TestConsentIsReadAgain:
    def test_a_request_does_not_leave_after_a_stop(self, asked: Friend, office: PostOffice) -> None:
        asked.says("STOP")
        assert office.sends_everything() == ["goodbye"]
        assert office.status(asked) == "cancelled"
        assert asked.recorded[-1] == "message.cancelled"
        assert asked.is_proved()

    def test_an_agents_text_does_not_leave_after_a_stop(
        self, friend: Friend, office: PostOffice
    ) -> None:
        office.writes(friend)
        friend.says("STOP")
        assert office.sends_everything() == ["goodbye"]
        assert office.status(friend, "text") == "cancelled"

    def test_nor_after_a_word_on_the_phone(self, friend: Friend, office: PostOffice) -> None:
        office.writes(friend)
        friend.withdraws()
        assert office.sends_everything() == ["goodbye"]

    def test_a_welcome_does_not_leave_after_a_stop(self, asked: Friend, office: PostOffice) -> None:
        office.sends_everything()
        asked.says("Yes")
        asked.says("STOP")
        assert office.sends_everything() == ["goodbye"]

    def test_after_yes_everything_may_leave(self, asked: Friend, office: PostOffice) -> None:
        office.sends_everything()
        asked.says("Who is this?")
        asked.says("Yes")
        assert office.sends_everything() == ["guide", "welcome"]

    def test_a_text_from_before_a_stop_does_not_leave_after_the_next_yes(
        self, friend: Friend, office: PostOffice
    ) -> None:
        office.writes(friend)
        friend.world.passes(seconds=1)
        friend.says("STOP")
        friend.says("Yes")
        assert office.sends_everything() == ["goodbye", "welcome"]
        assert office.status(friend, "text") == "cancelled"

    def test_a_text_leaves_that_was_begun_before_the_yes_it_waited_for(
        self, world: World, asked: Friend, office: PostOffice
    ) -> None:
        office.sends_everything()
        began, yes = world.now, world.now + timedelta(milliseconds=5)
        with ThreadPoolExecutor(1) as threads, world.database.writing() as connection:
            engine.receive(connection, [asked.message("Yes")], yes, yes)
            written = threads.submit(office.writes, asked)  # it has looked at the clock by now

        assert isinstance(written.result(), UUID)
        row = office.row(asked, "text")
        assert row.created_at == began < asked.now.state_since
        assert office.sends_everything() == ["welcome", "text"]

    def test_a_text_from_before_a_stop_stays_though_the_yes_looked_at_the_clock_first(
        self, friend: Friend, office: PostOffice
    ) -> None:
        early = friend.world.now
        friend.world.passes(seconds=1)
        office.writes(friend)
        friend.says("STOP")
        with friend.world.database.writing() as connection:
            engine.receive(connection, [friend.message("Yes")], early, early)

        assert friend.state == "opted_in"
        assert office.sends_everything() == ["goodbye", "welcome"]
        assert office.status(friend, "text") == "cancelled"

    def test_nor_does_one_that_no_yes_was_needed_for(
        self, world: World, office: PostOffice
    ) -> None:
        told = world.contact("+4915100000001", channel="sms")
        office.writes(told)
        office.answers(office.claims_one("sms"), Sent(new_sid()))
        told.says("STOP")
        told.says("Yes")
        assert "text" not in office.sends_everything("sms")
        assert office.status(told, "text") == "cancelled"

    def test_a_text_leaves_when_consent_only_changes_its_kind(
        self, world: World, office: PostOffice
    ) -> None:
        told = world.contact("+4915100000001", channel="sms")
        office.writes(told)
        office.answers(office.claims_one("sms"), Sent(new_sid()))
        assert told.consented_elsewhere() is None
        assert told.state == "opted_in"
        assert office.sends_everything("sms") == ["text"]

    def test_a_text_for_who_had_the_number_does_not_leave(
        self, friend: Friend, office: PostOffice
    ) -> None:
        friend.says("hello", user_id="DE.1111")
        office.writes(friend)
        friend.world.passes(seconds=1)
        friend.says("hello", user_id="DE.2222")
        friend.says("Yes", user_id="DE.2222")
        assert friend.state == "opted_in"
        assert "text" not in office.sends_everything()
        assert office.status(friend, "text") == "cancelled"

    def test_a_goodbye_leaves_although_consent_has_come_back(
        self, friend: Friend, office: PostOffice
    ) -> None:
        friend.says("STOP")
        friend.says("Yes")
        assert office.sends_everything() == ["goodbye", "welcome"]

    def test_a_request_that_was_given_up_does_not_leave_beside_the_next(
        self, world: World, asked: Friend, office: PostOffice
    ) -> None:
        world.passes(hours=24)
        assert asked.is_asked() is None

        assert office.claims() == [], "the first is cancelled, and the second waited behind it"
        assert office.claims_one().key[1] == asked.request_id
        first = asked.lines[0]
        assert (first.code, first.status) == ("ask", "cancelled")

    def test_a_request_does_not_leave_when_its_time_is_up(
        self, world: World, asked: Friend, office: PostOffice
    ) -> None:
        world.passes(hours=24)
        world.expire()
        assert office.sends_everything() == []
        assert office.status(asked) == "cancelled"

    def test_a_retry_does_not_leave_after_a_stop(self, asked: Friend, office: PostOffice) -> None:
        office.answers(office.claims_one(), Refused(verdict(20429)))
        asked.says("STOP")
        office.world.passes(seconds=30)
        assert office.sends_everything() == ["goodbye"]

    def test_what_whatsapp_is_off_for_stays_and_sms_goes(
        self, world: World, friend: Friend, office: PostOffice
    ) -> None:
        by_sms = world.contact("+4915100000001", channel="sms")
        office.writes(friend)
        office.writes(by_sms)
        with world.database.writing() as connection:
            connection.execute(update(Organization).values(whatsapp=False))

        assert office.sends_everything() == []
        assert office.status(friend, "text") == "cancelled"
        assert office.sends_everything("sms") == ["disclaimer", "text"]

    def test_a_request_that_was_held_back_is_waited_for_by_nobody(
        self, world: World, asked: Friend, office: PostOffice
    ) -> None:
        with world.database.writing() as connection:
            connection.execute(update(Organization).values(whatsapp=False))
        assert office.sends_everything() == []
        assert (asked.state, asked.now.due_at) == ("undelivered", None)
        assert asked.told == ["request_sent", "undelivered"]
        assert asked.recorded[1:] == ["message.cancelled", "request.undelivered"]
        assert asked.is_proved()

    def test_a_stop_that_is_being_written_comes_first(
        self, world: World, friend: Friend, office: PostOffice
    ) -> None:
        office.writes(friend)
        written, looked = Event(), Event()

        def stops() -> None:
            with world.database.writing() as connection:
                engine.receive(connection, [friend.message("STOP")], world.now, world.now)
                written.set()
                looked.wait(0.5)

        with ThreadPoolExecutor(1) as threads:
            stopping = threads.submit(stops)
            written.wait(5)
            claimed = office.claims()  # SQLite waits for the STOP, PostgreSQL leaves it alone
            looked.set()
            stopping.result()

        assert [one.row["kind"] for one in claimed if one.row["kind"] == "text"] == []
        assert "text" not in office.sends_everything()
        assert office.status(friend, "text") == "cancelled"


class TestAPause:
    def test_nothing_leaves_until_it_is_over(
        self, world: World, asked: Friend, office: PostOffice
    ) -> None:
        with world.database.writing() as connection:
            pausing.pause(connection, "The credentials were rejected.", world.now)
        assert office.senders() == []
        world.passes(seconds=59.999)
        assert office.senders() == []
        world.passes(seconds=0.001)
        assert len(office.senders()) == 1

    def test_it_ends_when_somebody_starts_a_worker(
        self, world: World, asked: Friend, office: PostOffice
    ) -> None:
        with world.database.writing() as connection:
            pausing.pause(connection, "The credentials were rejected.", world.now)
            pausing.resume(connection)
        assert len(office.senders()) == 1

    def test_a_second_pause_replaces_the_first(self, world: World, asked: Friend) -> None:
        with world.database.writing() as connection:
            pausing.pause(connection, "once", world.now)
            pausing.pause(connection, "twice", world.now)
            reasons = connection.scalars(select(Pause.reason)).all()
        assert reasons == ["twice"]


class TestTheRate:
    def test_messages_leave_one_after_the_other(self, world: World, office: PostOffice) -> None:
        set_rate(world, 10)
        crowd(world, 5)

        claimed = office.claims()

        # At 10 a second, three of them leave within the quarter second that is claimed ahead.
        assert [one.leaves_at - world.now for one in claimed] == [
            timedelta(0), timedelta(milliseconds=100), timedelta(milliseconds=200)
        ]  # fmt: skip
        assert office.claims() == []
        world.passes(seconds=0.3)
        assert len(office.claims()) == 2

    def test_a_slow_sender_sends_slowly(self, world: World, office: PostOffice) -> None:
        set_rate(world, 0.5)
        crowd(world, 2)
        assert len(office.claims()) == 1
        world.passes(seconds=1.7)
        assert (office.senders(), office.claims()) == ([], [])
        world.passes(seconds=0.3)
        assert len(office.claims()) == 1

    def test_time_without_mail_is_not_saved_up(
        self, world: World, asked: Friend, office: PostOffice
    ) -> None:
        set_rate(world, 1)
        office.sends_everything()
        world.passes(hours=1)
        crowd(world, 3)
        assert len(office.claims()) == 1

    def test_it_is_kept_to_the_microsecond_by_two_workers(
        self, world: World, office: PostOffice
    ) -> None:
        crowd(world, 60)
        left: list[Claimed] = []
        barrier = Barrier(2)

        def works() -> list[Claimed]:
            barrier.wait(10)
            return office.claims()

        with ThreadPoolExecutor(2) as workers:
            while len(left) < 60:
                both = [workers.submit(works) for _ in range(2)]
                left += [claimed for one in both for claimed in one.result()]
                world.passes(seconds=HORIZON.total_seconds())

        assert len({claimed.key for claimed in left}) == 60
        moments = sorted(claimed.leaves_at for claimed in left)
        gaps = {later - earlier for earlier, later in pairwise(moments)}
        assert gaps == {timedelta(seconds=1 / 80)}

    def test_a_busy_sender_leaves_room_for_another(self, world: World, office: PostOffice) -> None:
        set_rate(world, 1)
        crowd(world, 3)
        by_sms = world.contact("+4915199999999", channel="sms")
        by_sms.is_asked()

        busy, quiet = world.house().sender_id, world.house("sms").sender_id
        assert set(office.senders()) == {busy, quiet}
        office.claims()
        assert office.senders() == [quiet]
        world.passes(seconds=1)
        assert office.senders() == [quiet, busy], "who sent longest ago comes first"

    def test_a_clock_that_is_set_back_stops_no_sender(
        self, world: World, office: PostOffice
    ) -> None:
        set_rate(world, 1)
        crowd(world, 3)
        assert len(office.claims()) == 1
        world.passes(hours=-1)
        with world.database.writing() as connection:
            connection.execute(update(Message).values(due_at=world.now))
        assert office.senders() == [world.house().sender_id]
        assert len(office.claims()) == 1
        assert office.claims() == [], "the rate is kept by the new clock"


def test_a_clock_that_is_set_back_ends_a_pause(world: World, office: PostOffice) -> None:
    world.contact().is_asked()
    with world.database.writing() as connection:
        pausing.pause(connection, "credentials", world.now)
    assert office.senders() == []
    world.passes(hours=-1)
    with world.database.writing() as connection:
        connection.execute(update(Message).values(due_at=world.now))
    assert office.senders() != []
