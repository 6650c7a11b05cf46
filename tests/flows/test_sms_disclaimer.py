"""SMS after a disclaimer, as conversations."""

from __future__ import annotations

import pytest

from flows import sms_disclaimer
from flows.flow import Flow
from flows.turn import FailureKind
from tests.flows.conversation import Agent, Conversation, Person, Provider, Time

STATES = ("new", "informed", "undelivered", "opted_in", "opted_out")
NOT_STOPPED = ("new", "informed", "undelivered", "opted_in")


@pytest.fixture
def flow() -> Flow:
    return sms_disclaimer.flow


def bring(chat: Conversation, state: str) -> None:
    """Lead a fresh conversation to a state the way it comes about."""
    if state != "new":
        chat.agent.asks()
    if state == "undelivered":
        chat.provider.fails_the_request("final")
    if state in ("opted_in", "opted_out"):
        chat.person.says("STOP")
    if state == "opted_in":
        chat.person.says("yes")
    chat.time.passes(seconds=1)
    assert chat.state == state


def test_who_is_told_may_be_written_to(flow: Flow) -> None:
    assert [state.name for state in flow.states if state.open] == ["informed", "opted_in"]
    assert tuple(state.name for state in flow.states) == STATES


@pytest.mark.parametrize("state", ["new", "undelivered"])
def test_an_agent_begins(chat: Conversation, person: Person, agent: Agent, state: str) -> None:
    bring(chat, state)
    assert not chat.open
    assert chat.flow.state(state).closed_because == "not_informed"
    agent.asks()
    person.hears("disclaimer")
    agent.is_told("disclaimer_sent")
    chat.recorded("disclaimer.sent")
    assert chat.state == "informed"
    assert chat.open


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("informed", "already_informed"),
        ("opted_in", "already_opted_in"),
        ("opted_out", "opted_out"),
    ],
)
def test_an_agent_cannot_begin(chat: Conversation, agent: Agent, state: str, reason: str) -> None:
    bring(chat, state)
    agent.asks()
    agent.is_refused(reason)
    assert chat.state == state


@pytest.mark.parametrize("state", ["new", "undelivered"])
@pytest.mark.parametrize("text", ["hello", "yes", "no"])
def test_who_writes_first_is_told(chat: Conversation, state: str, text: str) -> None:
    bring(chat, state)
    chat.person.says(text)
    chat.person.hears("disclaimer")
    chat.agent.is_told("contact_wrote_first")
    chat.recorded("disclaimer.sent")
    assert chat.state == "informed"


@pytest.mark.parametrize("state", ["informed", "opted_in"])
@pytest.mark.parametrize("text", ["hello", "yes", "no", "START", "yes?"])
def test_then_it_is_conversation(chat: Conversation, state: str, text: str) -> None:
    bring(chat, state)
    chat.person.says(text)
    chat.stays(state)


@pytest.mark.parametrize("state", NOT_STOPPED)
@pytest.mark.parametrize("text", ["STOP", "unsubscribe", "please stop texting me"])
def test_stop_stops(chat: Conversation, state: str, text: str) -> None:
    bring(chat, state)
    chat.person.says(text)
    chat.person.hears("goodbye")
    chat.agent.is_told("opted_out")
    chat.recorded("consent.withdrawn" if state == "opted_in" else "consent.refused")
    assert chat.state == "opted_out"
    assert not chat.open


def test_a_stop_has_exactly_one_confirmation(
    chat: Conversation, person: Person, time: Time
) -> None:
    bring(chat, "opted_out")
    for again in ("STOP", "no", "stop all"):
        time.passes(hours=25)
        person.says(again)
        chat.stays("opted_out")


@pytest.mark.parametrize("text", ["yes", "START"])
def test_yes_after_a_stop_is_consent(chat: Conversation, person: Person, text: str) -> None:
    bring(chat, "opted_out")
    person.says(text)
    person.hears("welcome")
    chat.agent.is_told("opted_in")
    chat.recorded("consent.renewed")
    assert chat.state == "opted_in"
    assert chat.open


def test_being_told_is_not_consent(chat: Conversation, person: Person, agent: Agent) -> None:
    agent.asks()
    person.says("yes")
    kinds = [effect.kind for effect in chat.history if hasattr(effect, "kind")]
    assert kinds == ["disclaimer.sent"]


def test_who_stopped_is_reminded_at_most_once_in_24_hours(
    chat: Conversation, person: Person, time: Time
) -> None:
    bring(chat, "opted_out")
    person.says("hello")
    person.hears("ask_again")
    time.passes(hours=24, seconds=-1)
    person.says("hello")
    chat.stays("opted_out")
    time.passes(seconds=1)
    person.says("hello")
    person.hears("ask_again")


@pytest.mark.parametrize("state", STATES)
def test_help_helps_and_moves_nothing(chat: Conversation, state: str) -> None:
    bring(chat, state)
    chat.person.says("HELP")
    chat.person.hears("help")
    chat.recorded()
    assert chat.state == state


@pytest.mark.parametrize("kind", ["unreachable", "final"])
def test_a_disclaimer_that_does_not_arrive_has_told_nobody(
    chat: Conversation, person: Person, agent: Agent, provider: Provider, kind: FailureKind
) -> None:
    agent.asks()
    provider.fails_the_request(kind)
    person.hears()
    agent.is_told("undelivered")
    chat.recorded("request.undelivered")
    assert chat.state == "undelivered"
    assert not chat.open


@pytest.mark.parametrize("state", [state for state in STATES if state != "informed"])
@pytest.mark.parametrize("kind", ["unreachable", "final"])
def test_the_failure_of_a_disclaimer_that_nobody_waits_for_moves_nothing(
    chat: Conversation, state: str, kind: FailureKind
) -> None:
    bring(chat, state)
    chat.provider.fails_the_request(kind)
    chat.stays(state)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", ["unreachable", "final"])
def test_the_failure_of_an_ordinary_message_moves_nothing(
    chat: Conversation, state: str, kind: FailureKind
) -> None:
    bring(chat, state)
    chat.provider.fails_a_message(kind)
    chat.stays(state)


@pytest.mark.parametrize("state", NOT_STOPPED)
def test_unsubscribed_at_the_provider(chat: Conversation, state: str) -> None:
    bring(chat, state)
    chat.provider.fails_a_message("blocked")
    chat.person.hears()
    chat.agent.is_told("opted_out_by_provider")
    chat.recorded("consent.withdrawn")
    assert chat.state == "opted_out"


@pytest.mark.parametrize("state", STATES)
def test_nothing_wears_off(chat: Conversation, state: str) -> None:
    bring(chat, state)
    chat.time.passes(hours=24 * 365)
    chat.stays(state)
    chat.take("expire")
    chat.stays(state)
