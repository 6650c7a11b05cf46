"""Consent by SMS: the opt-in flow, for everybody who has a number."""

from __future__ import annotations

import pytest

from flows import opt_in, sms_consent
from flows.flow import Flow
from tests.flows.conversation import Agent, Conversation, Person, Provider, Time


@pytest.fixture
def flow() -> Flow:
    return sms_consent.flow


def test_it_serves_sms_and_asks_for_consent(flow: Flow) -> None:
    assert (flow.name, flow.channel, flow.policy) == ("sms_consent", "sms", "consent")


def test_it_is_opt_in_without_unreachable(flow: Flow) -> None:
    expected = [state for state in opt_in.flow.states if state.name != "unreachable"]
    assert list(flow.states) == expected
    assert not any("unreachable" in (row.to, *row.sources) for row in flow.rows)
    assert len(flow.rows) == len(opt_in.flow.rows) - 1


def test_yes_is_consent(chat: Conversation, person: Person, agent: Agent) -> None:
    agent.asks()
    person.hears("ask")
    agent.is_told("request_sent")
    chat.recorded("consent.requested")
    assert not chat.open
    person.says("YES")
    person.hears("welcome")
    agent.is_told("opted_in")
    chat.recorded("consent.given")
    assert chat.state == "opted_in"
    assert chat.open


@pytest.mark.parametrize("text", ["STOP", "no"])
def test_stop_and_no_refuse(chat: Conversation, person: Person, agent: Agent, text: str) -> None:
    agent.asks()
    person.says(text)
    person.hears("goodbye")
    agent.is_told("opted_out")
    chat.recorded("consent.refused")
    assert chat.state == "opted_out"
    person.says("STOP")
    chat.stays("opted_out")


def test_stop_later_withdraws(chat: Conversation, person: Person, agent: Agent) -> None:
    agent.asks()
    person.says("yes")
    person.says("STOP")
    person.hears("goodbye")
    chat.recorded("consent.withdrawn")
    person.says("START")
    person.hears("welcome")
    chat.recorded("consent.renewed")
    assert chat.state == "opted_in"


def test_yes_means_nothing_when_nobody_asked(chat: Conversation, person: Person) -> None:
    person.says("yes")
    person.hears("ask")
    chat.recorded("consent.requested")
    assert chat.state == "requested"


def test_silence_then_yes(chat: Conversation, person: Person, agent: Agent, time: Time) -> None:
    agent.asks()
    time.passes(hours=24)
    agent.is_told("no_answer")
    chat.recorded("consent.deferred")
    assert chat.state == "no_answer"
    person.says("yes")
    chat.recorded("consent.given")
    assert chat.state == "opted_in"


def test_a_number_that_cannot_be_reached_is_undelivered(
    chat: Conversation, person: Person, agent: Agent, provider: Provider
) -> None:
    agent.asks()
    provider.fails_the_request("unreachable")
    person.hears()
    agent.is_told("undelivered")
    chat.recorded("request.undelivered")
    assert chat.state == "undelivered"
    agent.asks()
    person.hears("ask")
    assert chat.state == "requested"


def test_unsubscribed_at_the_provider(
    chat: Conversation, person: Person, agent: Agent, provider: Provider
) -> None:
    agent.asks()
    provider.fails_a_message("blocked")
    person.hears()
    agent.is_told("opted_out_by_provider")
    chat.recorded("consent.withdrawn")
    assert chat.state == "opted_out"
