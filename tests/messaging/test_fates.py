"""What becomes of a message that left: answered at once, called back, early, late and twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.messaging.fates import RANK
from bot.messaging.gateway import Outcome, Refused, Sent, Unknown
from bot.messaging.outbox import Claimed
from bot.messaging.verdicts import Verdict, verdict
from bot.store.models import Delivery
from flows.flow import DAY
from tests.messaging.post_office import LEASE, SAFE, PostOffice
from tests.world import Friend, World, new_sid

FINAL, LATER = 63013, 63018
SID = "SM" + "9" * 32


@pytest.fixture
def asked(world: World) -> Friend:
    friend = world.contact()
    assert friend.is_asked() is None
    return friend


@pytest.fixture
def ask(asked: Friend, office: PostOffice) -> Claimed:
    """The request, claimed and on its way."""
    return office.claims_one()


def wait_of(office: PostOffice, friend: Friend) -> float:
    """Seconds until the request is tried again."""
    return float((office.row(friend).due_at - office.world.now).total_seconds())


class TestAnAnswer:
    def test_sent(self, asked: Friend, ask: Claimed, office: PostOffice) -> None:
        office.answers(ask, Sent(SID))
        row = office.row(asked)
        assert (row.status, row.sid, row.sent_at) == ("sent", SID, office.world.now)
        assert row.lease_until is None
        assert asked.state == "requested"

    def test_a_final_refusal_is_said_in_words(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Refused(verdict(FINAL)))
        row = office.row(asked)
        assert (row.status, row.error_code, row.due_at) == ("failed", FINAL, None)
        assert asked.state == "undelivered"
        assert row.error in asked.lines[-1].text
        assert asked.is_proved()

    @pytest.mark.parametrize(
        ("code", "state"), [(63003, "unreachable"), (63024, "unreachable"), (21610, "opted_out")]
    )
    def test_a_refusal_means_what_a_callback_with_its_code_means(
        self, asked: Friend, ask: Claimed, office: PostOffice, code: int, state: str
    ) -> None:
        office.answers(ask, Refused(verdict(code)))
        assert asked.state == state

    def test_too_many_requests_wait_longer_and_longer_and_never_alike(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        waits = []
        for _ in range(8):
            office.answers(ask, Refused(verdict(20429)))
            waits.append(wait_of(office, asked))
            assert office.status(asked) == "queued"
            office.world.passes(seconds=15)
            ask = office.claims_one()

        longest = [0.5, 1, 2, 4, 8, 15, 15, 15]
        assert all(most / 2 <= wait <= most for wait, most in zip(waits, longest, strict=True))
        assert len({wait / most for wait, most in zip(waits, longest, strict=True)}) == 8
        assert ask.attempt == 9
        assert asked.state == "requested"

    def test_what_never_left_is_sent_again(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Refused(Verdict(None, "retry", "could not reach Twilio")))
        assert (office.status(asked), office.row(asked).error) == (
            "queued", "could not reach Twilio"
        )  # fmt: skip

    def test_a_day_of_refusals_is_enough(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.world.passes(hours=24)
        office.answers(ask, Refused(verdict(20429)))
        assert office.status(asked) == "failed"
        assert asked.state == "undelivered"

    def test_rejected_credentials_fail_nothing(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Refused(verdict(20003)))
        assert (office.status(asked), office.row(asked).error_code) == ("queued", 20003)
        assert asked.state == "requested"

    def test_no_answer_is_looked_into_and_not_sent_again(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Unknown("no answer"))
        row = office.row(asked)
        assert (row.status, row.unknown_at, row.unanswered) == ("unknown", office.world.now, 1)
        office.world.passes(hours=1)
        assert office.claims() == []


class TestAnAnswerThatComesLate:
    @pytest.fixture
    def again(self, ask: Claimed, office: PostOffice) -> Claimed:
        """The second attempt, after nothing was heard of the first."""
        office.world.passes(seconds=LEASE.total_seconds())
        (doubt,) = office.doubts()
        office.world.passes(seconds=SAFE.total_seconds())
        assert office.gives_up(doubt) == "queued"
        return office.claims_one()

    @pytest.mark.parametrize(
        "outcome",
        [Sent(SID), Refused(verdict(FINAL)), Refused(verdict(20429)), Unknown("")],
        ids=["sent", "final", "429", "unknown"],
    )
    def test_of_an_older_attempt_changes_nothing(
        self, asked: Friend, ask: Claimed, again: Claimed, office: PostOffice, outcome: Outcome
    ) -> None:
        before = office.row(asked)
        office.answers(ask, outcome)
        assert office.row(asked) == before
        assert (before.status, before.attempt) == ("sending", 2)

        office.answers(again, Sent("SM" + "2" * 32))
        assert office.row(asked).sid == "SM" + "2" * 32

    def test_a_callback_of_the_older_attempt_tells_the_truth(
        self, asked: Friend, again: Claimed, office: PostOffice
    ) -> None:
        office.reports(again.row["token"], "delivered", sid=SID)
        assert (office.status(asked), office.row(asked).sid) == ("delivered", SID)
        office.answers(again, Sent("SM" + "2" * 32))
        assert office.row(asked).sid == SID

    def test_while_it_was_being_looked_for(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.world.passes(seconds=LEASE.total_seconds())
        office.doubts()
        office.answers(ask, Sent(SID))
        assert (office.status(asked), office.row(asked).unknown_at) == ("sent", None)

    def test_to_a_failed_call_after_the_callback_said_delivered(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.reports(ask.row["token"], "delivered")
        office.answers(ask, Unknown("reset"))
        office.answers(ask, Refused(verdict(20429)))
        assert office.status(asked) == "delivered"


class TestACallback:
    def test_before_our_own_answer(self, asked: Friend, ask: Claimed, office: PostOffice) -> None:
        office.reports(ask.row["token"], "delivered", sid=SID)
        office.answers(ask, Sent(SID))
        row = office.row(asked)
        assert (row.status, row.sid, row.lease_until) == ("delivered", SID, None)

    def test_after_it_was_queued_again(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Unknown("no answer"))
        office.world.passes(seconds=SAFE.total_seconds() + 1)
        (doubt,) = office.doubts()
        office.world.passes(seconds=SAFE.total_seconds())
        assert office.gives_up(doubt) == "queued"

        office.reports(ask.row["token"], "sent", sid=SID)

        assert (office.status(asked), office.row(asked).sid) == ("sent", SID)
        assert office.claims() == []

    def test_while_a_person_is_to_decide(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Unknown("no answer"))
        office.world.passes(hours=2)
        for _ in range(4):  # calls without an answer, each long ago
            (doubt,) = office.doubts()
            office.world.passes(seconds=SAFE.total_seconds())
            if office.gives_up(doubt) == "queued":
                office.answers(office.claims_one(), Unknown("no answer"))
                office.world.passes(seconds=1)
        assert office.status(asked) == "uncertain"

        office.reports(ask.row["token"], "delivered", sid=SID)
        assert office.status(asked) == "delivered"

    def test_with_a_code_that_may_pass_means_a_new_message_under_a_new_token(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Sent(SID))
        office.reports(ask.row["token"], "undelivered", code=LATER)
        row = office.row(asked)
        assert (row.status, row.sent_at) == ("queued", None)
        assert 30 <= wait_of(office, asked) <= 60

        office.world.passes(minutes=1)
        again = office.claims_one()
        assert again.row["token"] != ask.row["token"]
        assert office.reports(ask.row["token"], "delivered") == ["unknown"]
        row = office.row(asked)
        assert (row.status, row.sid, row.token) == ("sending", None, again.row["token"])
        office.answers(again, Sent("SM" + "2" * 32))
        assert office.row(asked).sid == "SM" + "2" * 32

    @pytest.mark.parametrize("arrived", ["delivered", "read"])
    @pytest.mark.parametrize("together", [True, False], ids=["one batch", "later"])
    def test_that_it_arrived_after_all_takes_it_out_of_the_queue(
        self, asked: Friend, ask: Claimed, office: PostOffice, arrived: str, together: bool
    ) -> None:
        """WhatsApp reports in any order: who got it must not get it twice."""
        office.answers(ask, Sent(SID))
        both = ("undelivered", arrived)
        for batch in [both] if together else [both[:1], both[1:]]:
            office.reports(ask.row["token"], *batch, code=LATER)
        row = office.row(asked)
        assert (row.status, row.sid, row.error) == (arrived, SID, None)
        office.world.passes(hours=1)
        assert office.claims() == []

    def test_that_it_was_sent_before_it_failed_leaves_it_in_the_queue(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Sent(SID))
        token = ask.row["token"]
        office.reports(token, "failed", code=LATER)
        before = office.row(asked)
        office.reports(token, "sent")
        office.reports(token, "failed", code=LATER)
        assert office.row(asked) == before
        office.world.passes(minutes=1)
        assert office.claims_one().attempt == 2

    def test_about_another_message_than_the_one_we_know_changes_nothing(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Sent(SID))
        office.reports(ask.row["token"], "delivered", sid="SM" + "8" * 32)
        assert (office.status(asked), office.row(asked).sid) == ("sent", SID)

    def test_that_it_was_delivered_after_all_wins_over_a_failure(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.reports(ask.row["token"], "undelivered", "delivered", code=FINAL)
        row = office.row(asked)
        assert (row.status, row.error_code, row.error) == ("delivered", None, None)
        asked.says("Yes")
        assert asked.state == "opted_in"


class TestTheClockOfARequest:
    def test_starts_when_the_provider_takes_it(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.world.passes(minutes=5)
        office.answers(ask, Sent(SID))
        assert asked.now.due_at == office.world.now + DAY

    def test_starts_once(self, asked: Friend, ask: Claimed, office: PostOffice) -> None:
        office.answers(ask, Sent(SID))
        due_at = asked.now.due_at
        for status in ("sent", "delivered", "read"):
            office.world.passes(minutes=7)
            office.reports(ask.row["token"], status, sid=SID)
        assert office.status(asked) == "read"
        assert asked.now.due_at == due_at

    def test_is_not_started_by_other_messages(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Sent(SID))
        due_at = asked.now.due_at
        asked.says("Who is this?")
        office.world.passes(hours=1)
        office.answers(office.claims_one(), Sent(new_sid()))
        assert asked.now.due_at == due_at

    def test_is_not_started_after_a_yes(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        asked.says("Yes")
        office.answers(ask, Sent(SID))
        assert (asked.state, asked.now.due_at) == ("opted_in", None)

    def test_starts_anew_when_a_failed_delivery_is_repeated(
        self, asked: Friend, ask: Claimed, office: PostOffice
    ) -> None:
        office.answers(ask, Sent(SID))
        office.world.passes(minutes=5)
        office.reports(ask.row["token"], "failed", sid=SID, code=LATER)
        office.world.passes(minutes=5)
        office.answers(office.claims_one(), Sent(new_sid()))
        assert asked.now.due_at == office.world.now + DAY


statuses = st.lists(st.sampled_from(sorted(RANK)), min_size=1, max_size=8)


@settings(
    max_examples=15,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(statuses, st.booleans())
def test_statuses_only_move_forward_in_any_order_and_however_often(
    world: World, office: PostOffice, statuses: list[str], together: bool
) -> None:
    friend = world.contact(f"+49{next(numbers):011d}")
    friend.is_asked()
    token = office.claims_one().row["token"]

    for batch in [statuses] if together else [[one] for one in statuses]:
        office.reports(token, *batch, sid=f"SM{friend.key[1].hex}", code=FINAL)

    assert RANK[office.status(friend)] == max(RANK[status] for status in statuses)
    with world.database.reading() as connection:
        kept = select(func.count()).where(Delivery.message_id == friend.request_id)
        assert connection.scalar(kept) == len(statuses), "every callback is kept as it came"
    assert friend.is_proved()
    world.passes(seconds=1)


numbers = iter(range(10_000_000_000, 20_000_000_000))
