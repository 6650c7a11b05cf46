"""A person decides on a message of unknown fate, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.messaging.resolve import Decision, resolve
from bot.people.mistakes import Mistake
from bot.store.models import Message
from tests.world import Friend, World, new_sid


@pytest.fixture
def jo(world: World) -> Friend:
    friend = world.contact()
    friend.is_asked()
    with world.database.writing() as connection:
        connection.execute(update(Message).values(status="uncertain", unanswered=4))
    return friend


def decide(jo: Friend, decision: Decision) -> str:
    with jo.world.database.writing() as connection:
        return resolve(connection, jo.request_id, decision, jo.world.now)


def test_sent_starts_the_clock_of_the_request(jo: Friend) -> None:
    jo.world.passes(hours=3)
    assert decide(jo, Decision("sent", "ann", new_sid())) == "sent"
    assert jo.now.due_at
    assert (jo.now.due_at - jo.world.now).total_seconds() == 86_400


def test_given_up_lets_the_agent_ask_again(jo: Friend) -> None:
    assert decide(jo, Decision("give up", "ann")) == "failed"
    assert jo.state == "undelivered"
    assert jo.may("request_opt_in")
    assert jo.recorded == ["consent.requested", "request.undelivered", "message.resolved"]


def test_sent_again_waits_in_the_queue(jo: Friend) -> None:
    assert decide(jo, Decision("send again", "ann")) == "queued"
    assert jo.state == "requested"


def test_a_decision_is_made_once(jo: Friend) -> None:
    decide(jo, Decision("give up", "ann"))
    with pytest.raises(Mistake, match="is failed"):
        decide(jo, Decision("send again", "ann"))
    assert jo.is_proved()
