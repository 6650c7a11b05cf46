"""Whatever provider, network and contact do, in any order: nobody gets anything twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.messaging import reconcile
from bot.messaging.gateway import Listed, Outcome, Refused, Sent, Unknown
from bot.messaging.verdicts import verdict
from bot.store.models import Message
from bot.store.models.conversations import OUR_CONCERN
from tests.messaging.post_office import SAFE, PostOffice
from tests.world import Friend, World, new_sid

TO_WHO_STOPPED = {"goodbye", "help", "ask_again"}
LATER, FINAL = 63018, 63013
MOMENTS = st.sampled_from([1, 1, 40, 400, 400, 90_000])
TEXTS = st.sampled_from(["yes", "yes", "STOP", "no", "hello", "help"])
REPORT = st.sampled_from(
    [("sent", None), ("delivered", None), ("delivered", None), ("read", None), ("failed", LATER),
     ("failed", LATER), ("undelivered", LATER), ("undelivered", FINAL)]
)  # fmt: skip
REPORTS = st.lists(REPORT, min_size=1, max_size=3)
FATES = st.sampled_from(
    ["taken", "taken", "taken", "taken, no answer", "lost, no answer", "too many", "refused",
     "died before", "died after"]
)  # fmt: skip


@dataclass
class Made:
    """A message that the provider made of a row of ours."""

    row: UUID
    token: str
    recipient: str
    text: str
    at: datetime
    sid: str = field(default_factory=new_sid)
    arrived: bool = False
    failed: int | None = None


class Course:
    """One contact, a provider that remembers what it made, and workers that die."""

    def __init__(self, world: World, phone: str) -> None:
        self.world, self.office = world, PostOffice(world)
        self.friend: Friend = world.contact(phone)
        self.made: list[Made] = []

    def an_agent_asks(self) -> None:
        self.friend.is_asked()

    def an_agent_writes(self) -> None:
        self.office.writes(self.friend, "Your car is ready")

    def holds(self) -> None:
        self.world.expire()
        self.nobody_gets_anything_twice()
        assert self.friend.is_proved()
        held = self.friend.now
        assert (held.due_at is not None) == (held.state == "requested")

    def they_write(self, text: str, ago: int) -> None:
        before = self.friend.state
        swept: dict[str, Any] = {}
        if ago:
            swept = {"sent_at": self.world.now - timedelta(seconds=ago), "via": "sweep"}
        self.friend.says(text, **swept)
        after = self.friend.state
        if text == "STOP":
            assert after == "opted_out"
        if after == "opted_in" and before != "opted_in":
            assert text == "yes"
            assert "ask" in self.friend.heard or before == "opted_out"

    def a_worker_sends(self, seconds: int, fate: str) -> None:
        self.world.passes(seconds=seconds)
        stopped = self.friend.state == "opted_out"
        for claimed in self.office.claims():
            row = claimed.row
            assert not stopped or row["kind"] in TO_WHO_STOPPED, row["kind"]
            made = Made(row["id"], row["token"], row["to_address"], row["text"], self.world.now)
            if row["content_sid"]:
                made.text = ""
            if fate in ("taken", "taken, no answer", "died after"):
                self.made.append(made)
            answers: dict[str, Outcome] = {
                "taken": Sent(made.sid),
                "too many": Refused(verdict(20429)),
                "refused": Refused(verdict(FINAL)),
                "taken, no answer": Unknown(fate),
                "lost, no answer": Unknown(fate),
            }
            outcome = answers.get(fate)
            if outcome:
                self.office.answers(claimed, outcome)

    def the_provider_reports(self, back: int, reports: list[tuple[str, int | None]]) -> None:
        for status, code in reports if self.made else ():
            self.report(self.made[max(len(self.made) - 1 - back, 0)], status, code)

    def report(self, made: Made, status: str, code: int | None) -> None:
        newest = [one for one in self.made if one.row == made.row][-1]
        if status in ("delivered", "read"):
            if made is not newest:
                return  # known too late: it has been sent again
            made.arrived, made.failed = True, None
        elif code and not made.arrived:
            made.failed = code
        elif code:
            return
        self.office.reports(made.token, status, sid=made.sid, code=code)

    def a_worker_looks(self) -> None:
        for doubt in self.office.doubts():
            shown = [self.listed(one) for one in self.made
                     if one.recipient == doubt.recipient and one.at >= doubt.since]  # fmt: skip
            with self.world.database.reading() as connection:
                taken = reconcile.owned(connection, doubt, shown)
            match = reconcile.found(doubt, shown, taken)
            if match:
                self.office.records(*reconcile.as_found(doubt, match))
            else:
                self.office.gives_up(doubt)

    def listed(self, one: Made) -> Listed:
        status = "failed" if one.failed else "delivered" if one.arrived else "sent"
        sender = self.world.house().address
        return Listed(one.sid, "outbound-api", sender, one.recipient, one.text, status, one.failed,
                      one.at, 0)  # fmt: skip

    def nobody_gets_anything_twice(self) -> None:
        live = [one.row for one in self.made if one.failed is None]
        assert len(live) == len(set(live))

    def ends_well(self) -> None:
        """All that is to be sent is sent, or given up, when the provider is well again."""
        for _ in range(40):
            self.world.passes(seconds=SAFE.total_seconds() * 3)
            self.a_worker_looks()
            self.a_worker_sends(1, "taken")
            self.nobody_gets_anything_twice()
        with self.world.database.writing() as connection:
            left = connection.scalars(
                select(Message.status).where(Message.status.in_(OUR_CONCERN))
            ).all()
            connection.execute(
                update(Message).where(Message.status.in_(OUR_CONCERN)).values(status="cancelled")
            )
        assert set(left) <= {"uncertain"}


STEPS = st.one_of(
    st.tuples(st.just("they_write"), st.tuples(TEXTS, st.sampled_from([0, 0, 90]))),
    st.tuples(st.just("a_worker_sends"), st.tuples(MOMENTS, FATES)),
    st.tuples(st.just("the_provider_reports"), st.tuples(st.integers(0, 2), REPORTS)),
    st.tuples(st.sampled_from(["an_agent_asks", "an_agent_writes", "a_worker_looks"]), st.just(())),
)
MANY = 15
numbers = iter(range(10_000_000_000, 20_000_000_000))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=MANY, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=12, max_size=20))
def test_in_any_course(world: World, steps: list[tuple[str, tuple[Any, ...]]]) -> None:
    course = Course(world, f"+49{next(numbers):011d}")
    course.an_agent_asks()
    for name, what in steps:
        getattr(course, name)(*what)
        course.holds()
    course.ends_well()
