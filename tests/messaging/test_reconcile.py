"""Messages of which nobody knows whether they were sent: found, sent again, or left to a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.config import Settings
from bot.messaging import outbox, reconcile
from bot.messaging.fates import Fate
from bot.messaging.gateway import Gateway, Listed, Sent, Unknown
from bot.messaging.outbox import Claimed
from bot.messaging.reconcile import SKEW, Doubt
from flows.flow import DAY
from tests.messaging.post_office import LEASE, SAFE, PostOffice
from tests.simulator.desk import Desk
from tests.world import Friend, World, new_sid


@pytest.fixture
def asked(world: World) -> Friend:
    friend = world.contact()
    assert friend.is_asked() is None
    return friend


@pytest.fixture
def ask(asked: Friend, office: PostOffice) -> Claimed:
    """The request, claimed and on its way."""
    return office.claims_one()


@pytest.fixture
def doubt(ask: Claimed, office: PostOffice) -> Doubt:
    """The call for the request got no answer, and a worker looks into it."""
    office.answers(ask, Unknown("no answer"))
    office.world.passes(seconds=1)
    (doubt,) = office.doubts()
    return doubt


def listed(doubt: Doubt, **more: object) -> Listed:
    """What the provider's list may show of a message."""
    shown = {
        "sid": new_sid(), "direction": "outbound-api", "sender": doubt.sender,
        "recipient": doubt.recipient, "text": "", "status": "queued", "error_code": None,
        "created_at": doubt.since + SKEW, "media": 0,
    }  # fmt: skip
    return Listed(**(shown | more))  # type: ignore[arg-type]


def is_found(office: PostOffice, doubt: Doubt, *shown: Listed) -> bool:
    """Look for a message in a list, and adopt what is found."""
    with office.world.database.reading() as connection:
        taken = reconcile.owned(connection, doubt, shown)
    match = reconcile.found(doubt, list(shown), taken)
    if match:
        office.records(*reconcile.as_found(doubt, match))
    return match is not None


class TestWhoIsLookedFor:
    def test_a_message_of_unknown_fate_by_one_worker_at_a_time(
        self, world: World, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Unknown("no answer"))
        assert office.doubts() == [], "at first its callback may come"
        world.passes(seconds=1)
        (doubt,) = office.doubts()
        assert (doubt.key, doubt.since, doubt.unanswered) == (ask.key, world.now - SKEW - ONE, 1)
        assert office.doubts() == []
        world.passes(seconds=30)
        assert len(office.doubts()) == 1, "the worker that looked has died"

    def test_one_whose_sender_died(self, asked: Friend, ask: Claimed, office: PostOffice) -> None:
        office.world.passes(seconds=LEASE.total_seconds() - 0.001)
        assert office.doubts() == []
        office.world.passes(seconds=0.001)
        (doubt,) = office.doubts()
        assert (doubt.key, doubt.unanswered) == (ask.key, 1)
        assert office.status(asked) == "unknown"

    def test_nobody_else(self, asked: Friend, ask: Claimed, office: PostOffice) -> None:
        office.answers(ask, Sent(new_sid()))
        office.world.passes(hours=1)
        assert office.doubts() == []

    def test_templates_are_known_by_recipient_and_time_texts_by_their_words_too(
        self, asked: Friend, doubt: Doubt, office: PostOffice
    ) -> None:
        assert doubt.text is None
        office.records(Fate(doubt.key, "sent", new_sid()))
        asked.says("Yes")
        office.answers(office.claims_one(), Unknown("no answer"))
        office.world.passes(seconds=1)
        (welcome,) = office.doubts()
        assert welcome.text == office.row(asked, "welcome").text


class TestWhatIsFound:
    def test_is_adopted_with_its_sid(self, asked: Friend, doubt: Doubt, office: PostOffice) -> None:
        one = listed(doubt, status="delivered")
        office.world.passes(minutes=1)
        assert is_found(office, doubt, one)
        row = office.row(asked)
        assert (row.status, row.sid, row.unknown_at) == ("delivered", one.sid, None)
        assert asked.now.due_at == office.world.now + DAY
        assert office.doubts() == []

    def test_is_not_what_belongs_to_another_row(
        self, asked: Friend, doubt: Doubt, office: PostOffice
    ) -> None:
        first = listed(doubt)
        assert is_found(office, doubt, first)
        asked.says("Who is this?")
        office.answers(office.claims_one(), Unknown("no answer"))
        office.world.passes(seconds=1)
        (second,) = office.doubts()

        assert not is_found(office, second, first)
        assert is_found(office, second, first, listed(second))

    def test_is_one_that_was_called_failed_and_has_arrived_after_all(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        first = new_sid()
        office.answers(ask, Sent(first))
        office.reports(ask.row["token"], "failed", sid=first, code=63018)
        office.world.passes(minutes=1)
        office.claims_one()
        # Its worker dies before the call is made.
        office.world.passes(seconds=LEASE.total_seconds())
        (doubt,) = office.doubts()

        assert not is_found(office, doubt, listed(doubt, sid=first, status="failed"))
        assert is_found(office, doubt, listed(doubt, sid=first, status="delivered"))

        assert office.status(asked) == "delivered"
        assert office.row(asked).sid == first

    def test_is_not_a_text_that_says_something_else(
        self, asked: Friend, doubt: Doubt, office: PostOffice
    ) -> None:
        is_found(office, doubt, listed(doubt))
        asked.says("Yes")
        office.answers(office.claims_one(), Unknown("no answer"))
        office.world.passes(seconds=1)
        (welcome,) = office.doubts()
        assert not is_found(office, welcome, listed(welcome, text="Something else"))
        assert is_found(office, welcome, listed(welcome, text=welcome.text))

    def test_brings_its_failure_along(
        self, asked: Friend, doubt: Doubt, office: PostOffice
    ) -> None:
        assert is_found(office, doubt, listed(doubt, status="undelivered", error_code=63024))
        assert office.status(asked) == "undelivered"
        assert asked.state == "unreachable"
        assert asked.is_proved()

    def test_comes_from_a_list_of_what_we_sent_there_lately(
        self, desk: Desk, settings: Settings, stand_in_url: str, doubt: Doubt
    ) -> None:
        gateway = Gateway(settings.model_copy(update={"twilio_api_url": stand_in_url}))
        recipient = doubt.recipient.removeprefix("whatsapp:")
        desk.control("PUT", "/settings", {"pace": dict.fromkeys(STEPS, 60.0)})
        row = {"to_address": doubt.recipient, "from_address": doubt.sender, "token": "t"}
        sent = gateway.send(row | {"content_sid": None, "text": "Hello"})
        elsewhere = {"to_address": "whatsapp:+4915100000001", "content_sid": None, "text": "x"}
        gateway.send(row | elsewhere)
        desk.hears(recipient, "Yes", to=doubt.sender)

        found = gateway.sent_to(doubt.recipient, doubt.sender, doubt.since)
        assert [Sent(one.sid) for one in found] == [sent]
        later = found[0].created_at + timedelta(seconds=1)
        assert gateway.sent_to(doubt.recipient, doubt.sender, later) == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Hello Jo \n", "Hello Jo"),
        ("one\r\ntwo", "one\ntwo"),
        ("“Quoted” – it’s", '"Quoted" - it\'s'),
        ("👍", ""),
    ],
)
def test_a_text_that_comes_back_a_little_different_is_the_same(
    world: World, office: PostOffice, ours: str, theirs: str
) -> None:
    """What is not recognised would be sent twice."""
    friend = world.contact(channel="sms")
    office.writes(friend, ours)
    office.answers(office.claims_one("sms"), Sent(new_sid()))
    office.answers(office.claims_one("sms"), Unknown("no answer"))
    world.passes(seconds=1)
    (doubt,) = office.doubts()
    assert doubt.text == ours
    assert is_found(office, doubt, listed(doubt, text="Something else"), listed(doubt, text=theirs))
    assert office.status(friend, "text") == "sent"


class TestWhatIsNotFound:
    def test_waits_until_the_list_can_no_longer_lag_behind(
        self, asked: Friend, doubt: Doubt, office: PostOffice
    ) -> None:
        began, looks = office.world.now - ONE, 0
        while office.gives_up(doubt) == "unknown":
            looks += 1
            office.world.passes(seconds=1)
            while not (doubts := office.doubts()):
                office.world.passes(seconds=1)
            (doubt,) = doubts
        assert timedelta(0) <= office.world.now - began - SAFE <= timedelta(seconds=15)
        assert 15 <= looks <= 40, "more and more rarely"
        assert office.status(asked) == "queued"
        assert office.claims_one().attempt == 2

    def test_waits_for_ever_while_the_list_cannot_be_had(
        self, asked: Friend, doubt: Doubt, office: PostOffice
    ) -> None:
        for _ in range(10):
            office.world.passes(hours=3)
            assert office.gives_up(doubt, listed=False) == "unknown"
            office.world.passes(seconds=15)
            (doubt,) = office.doubts()
        assert office.claims() == []
        assert office.gives_up(doubt, listed=True) == "queued"

    def test_is_left_to_a_person_after_four_calls_without_an_answer(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        fates = []
        for _ in range(4):
            office.answers(ask, Unknown("no answer"))
            office.world.passes(seconds=1)
            (doubt,) = office.doubts()
            office.world.passes(seconds=SAFE.total_seconds())
            fates.append(office.gives_up(doubt))
            if fates[-1] == "queued":
                ask = office.claims_one()
        assert fates == ["queued", "queued", "queued", "uncertain"]
        office.world.passes(days=1)
        assert (office.claims(), office.doubts()) == ([], [])

    def test_senders_that_die_count_as_calls_without_an_answer(
        self, ask: Claimed, office: PostOffice
    ) -> None:
        for _ in range(3):
            office.world.passes(seconds=LEASE.total_seconds())
            (doubt,) = office.doubts()
            office.world.passes(seconds=SAFE.total_seconds())
            assert office.gives_up(doubt) == "queued"
            office.claims_one()
        office.world.passes(seconds=LEASE.total_seconds())
        (doubt,) = office.doubts()
        office.world.passes(seconds=SAFE.total_seconds())
        assert office.gives_up(doubt) == "uncertain"

    def test_is_not_sent_again_after_a_stop(
        self, asked: Friend, doubt: Doubt, office: PostOffice
    ) -> None:
        asked.says("STOP")
        office.world.passes(seconds=SAFE.total_seconds())
        assert office.gives_up(doubt) == "queued"
        assert office.sends_everything() == ["goodbye"]
        assert office.status(asked) == "cancelled"

    def test_is_left_alone_when_its_callback_came_meanwhile(
        self, asked: Friend, ask: Claimed, doubt: Doubt, office: PostOffice
    ) -> None:
        office.world.passes(seconds=SAFE.total_seconds())
        office.reports(ask.row["token"], "sent")
        assert office.gives_up(doubt) == "sent"
        assert office.status(asked) == "sent"
        assert office.claims() == []

    def test_is_left_alone_when_another_worker_has_sent_it_again(
        self, asked: Friend, doubt: Doubt, office: PostOffice
    ) -> None:
        office.world.passes(seconds=SAFE.total_seconds())
        (same,) = office.doubts()
        assert office.gives_up(same) == "queued"
        office.claims_one()
        assert office.gives_up(doubt) == "sending"
        assert office.status(asked) == "sending"

    def test_is_left_alone_when_another_call_for_it_got_no_answer_meanwhile(
        self, asked: Friend, doubt: Doubt, office: PostOffice
    ) -> None:
        office.world.passes(seconds=SAFE.total_seconds())
        (same,) = office.doubts()
        assert office.gives_up(same) == "queued"
        office.answers(office.claims_one(), Unknown("no answer"))
        assert office.gives_up(doubt) == "unknown", "the new call has its own time"


def test_a_claim_never_takes_what_is_being_looked_for(
    world: World, doubt: Doubt, office: PostOffice
) -> None:
    world.passes(days=2)
    assert office.claims() == []
    assert outbox.HORIZON < LEASE < SAFE


ONE = timedelta(seconds=1)
STEPS = ("queued", "sent", "delivered", "read", "answer")
