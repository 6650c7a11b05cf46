"""Consent on WhatsApp, as conversations."""

from __future__ import annotations

import pytest

from flows import opt_in
from flows.flow import Flow
from flows.turn import FailureKind
from tests.flows.conversation import Agent, Conversation, Person, Provider, Time

STATES = ("new", "requested", "no_answer", "unreachable", "undelivered", "opted_in", "opted_out")
ASKED = ("requested", "no_answer")
ANSWERABLE = ("requested", "no_answer", "unreachable", "undelivered")
UNASKED = ("new", "unreachable", "undelivered")


@pytest.fixture
def flow() -> Flow:
    return opt_in.flow


def bring(chat: Conversation, state: str) -> None:
    """Lead a fresh conversation to a state the way it comes about."""
    if state != "new":
        chat.agent.asks()
    if state == "no_answer":
        chat.time.passes(hours=24)
    if state == "unreachable":
        chat.provider.fails_the_request("unreachable")
    if state == "undelivered":
        chat.provider.fails_the_request("final")
    if state == "opted_in":
        chat.person.says("yes")
    if state == "opted_out":
        chat.person.says("STOP")
    chat.time.passes(seconds=1)
    assert chat.state == state


# What an agent does


@pytest.mark.parametrize("state", ["new", "no_answer", "unreachable", "undelivered"])
def test_an_agent_asks(chat: Conversation, person: Person, agent: Agent, state: str) -> None:
    bring(chat, state)
    agent.asks()
    person.hears("ask")
    agent.is_told("request_sent")
    chat.recorded("consent.requested")
    assert chat.state == "requested"
    assert not chat.open


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("requested", "already_requested"),
        ("opted_in", "already_opted_in"),
        ("opted_out", "opted_out"),
    ],
)
def test_an_agent_may_not_ask(chat: Conversation, agent: Agent, state: str, reason: str) -> None:
    bring(chat, state)
    agent.asks()
    agent.is_refused(reason)
    assert chat.state == state


def test_a_request_can_be_sent_again_after_24_hours_to_the_second(
    chat: Conversation, person: Person, agent: Agent, time: Time
) -> None:
    agent.asks()
    time.passes(hours=24, seconds=-1)
    agent.asks()
    agent.is_refused("already_requested")
    time.passes(seconds=1)
    chat.recorded("consent.deferred")
    agent.asks()
    person.hears("ask")
    assert chat.state == "requested"


def test_only_consent_opens(chat: Conversation) -> None:
    assert [state.name for state in chat.flow.states if state.open] == ["opted_in"]
    assert tuple(state.name for state in chat.flow.states) == STATES


# Yes


@pytest.mark.parametrize("state", ANSWERABLE)
@pytest.mark.parametrize("text", ["yes", "YES!", "Yes, please", "Y", "START", "subscribe"])
def test_yes_is_consent(chat: Conversation, state: str, text: str) -> None:
    bring(chat, state)
    chat.person.says(text)
    chat.person.hears("welcome")
    chat.agent.is_told("opted_in")
    chat.recorded("consent.given")
    assert chat.state == "opted_in"
    assert chat.open


@pytest.mark.parametrize("state", ANSWERABLE)
def test_a_tap_on_yes_is_consent(chat: Conversation, state: str) -> None:
    bring(chat, state)
    chat.person.taps("yes")
    chat.person.hears("welcome")
    chat.agent.is_told("opted_in")
    chat.recorded("consent.given")
    assert chat.state == "opted_in"


def test_yes_counts_however_late(
    chat: Conversation, person: Person, agent: Agent, time: Time
) -> None:
    agent.asks()
    time.passes(hours=24 * 365)
    assert chat.state == "no_answer"
    person.says("yes")
    chat.recorded("consent.given")
    assert chat.state == "opted_in"


@pytest.mark.parametrize("state", ASKED)
def test_yes_counts_after_unclear_replies(chat: Conversation, state: str) -> None:
    bring(chat, state)
    chat.person.says("who is this?")
    chat.person.says("ok")
    assert chat.state == state
    chat.person.says("yes")
    assert chat.state == "opted_in"


@pytest.mark.parametrize("again", ["yes", "START"])
def test_yes_after_an_opt_out_is_consent_renewed(
    chat: Conversation, person: Person, agent: Agent, again: str
) -> None:
    bring(chat, "opted_out")
    person.says(again)
    person.hears("welcome")
    agent.is_told("opted_in")
    chat.recorded("consent.renewed")
    assert chat.state == "opted_in"


def test_a_tap_on_yes_after_an_opt_out_is_consent_renewed(
    chat: Conversation, person: Person
) -> None:
    bring(chat, "opted_out")
    person.taps("yes")
    person.hears("welcome")
    chat.recorded("consent.renewed")
    assert chat.state == "opted_in"


@pytest.mark.parametrize("text", ["yes", "START", "Yes, please"])
def test_yes_means_nothing_when_nobody_asked(
    chat: Conversation, person: Person, agent: Agent, text: str
) -> None:
    person.says(text)
    person.hears("ask")
    agent.is_told("contact_wrote_first")
    chat.recorded("consent.requested")
    assert chat.state == "requested"
    person.says(text)
    chat.recorded("consent.given")
    assert chat.state == "opted_in"


def test_a_tap_on_yes_means_nothing_when_nobody_asked(chat: Conversation, person: Person) -> None:
    person.taps("yes")
    person.hears("ask")
    chat.recorded("consent.requested")
    assert chat.state == "requested"


@pytest.mark.parametrize("text", ["yes?", "yes but not now", "no yes", "ok", "yes if it is free"])
def test_nothing_short_of_yes_is_consent(
    chat: Conversation, person: Person, agent: Agent, text: str
) -> None:
    agent.asks()
    person.says(text)
    chat.recorded("reply.unclear")
    assert chat.state == "requested"


def test_yes_in_the_contacts_own_language() -> None:
    chat = Conversation(opt_in.flow, language="es")
    chat.agent.asks()
    chat.person.says("¡Sí, claro!")
    chat.recorded("consent.given")
    assert chat.state == "opted_in"


# No and stop


@pytest.mark.parametrize("state", ["new", "requested", "no_answer", "unreachable", "undelivered"])
@pytest.mark.parametrize("text", ["STOP", "unsubscribe", "please stop messaging me"])
def test_stop_before_consent_refuses_it(chat: Conversation, state: str, text: str) -> None:
    bring(chat, state)
    chat.person.says(text)
    chat.person.hears("goodbye")
    chat.agent.is_told("opted_out")
    chat.recorded("consent.refused")
    assert chat.state == "opted_out"


@pytest.mark.parametrize("state", ["new", "requested", "no_answer", "unreachable", "undelivered"])
def test_a_tap_on_no_before_consent_refuses_it(chat: Conversation, state: str) -> None:
    bring(chat, state)
    chat.person.taps("no")
    chat.person.hears("goodbye")
    chat.agent.is_told("opted_out")
    chat.recorded("consent.refused")
    assert chat.state == "opted_out"


@pytest.mark.parametrize("text", ["STOP", "Stop.", "leave me alone"])
def test_stop_after_consent_withdraws_it(
    chat: Conversation, person: Person, agent: Agent, text: str
) -> None:
    bring(chat, "opted_in")
    person.says(text)
    person.hears("goodbye")
    agent.is_told("opted_out")
    chat.recorded("consent.withdrawn")
    assert chat.state == "opted_out"
    assert not chat.open


def test_a_tap_on_no_after_consent_withdraws_it(
    chat: Conversation, person: Person, agent: Agent
) -> None:
    bring(chat, "opted_in")
    person.taps("no")
    person.hears("goodbye")
    agent.is_told("opted_out")
    chat.recorded("consent.withdrawn")
    assert chat.state == "opted_out"


@pytest.mark.parametrize("state", ASKED)
@pytest.mark.parametrize("text", ["no", "No thanks", "not interested"])
def test_a_typed_no_refuses(chat: Conversation, state: str, text: str) -> None:
    bring(chat, state)
    chat.person.says(text)
    chat.person.hears("goodbye")
    chat.agent.is_told("opted_out")
    chat.recorded("consent.refused")
    assert chat.state == "opted_out"


def test_an_opt_out_has_exactly_one_confirmation(
    chat: Conversation, person: Person, agent: Agent, time: Time
) -> None:
    bring(chat, "opted_in")
    person.says("STOP")
    person.hears("goodbye")
    for again in ("STOP", "stop stop stop", "no", "STOP"):
        person.says(again)
        chat.stays("opted_out")
    person.taps("no")
    chat.stays("opted_out")
    time.passes(hours=48)
    person.says("STOP")
    chat.stays("opted_out")


def test_every_opt_out_has_its_own_confirmation(
    chat: Conversation, person: Person, agent: Agent
) -> None:
    agent.asks()
    for proof in ("consent.refused", "consent.withdrawn", "consent.withdrawn"):
        person.says("STOP")
        person.hears("goodbye")
        chat.recorded(proof)
        person.says("yes")
        chat.recorded("consent.renewed")


# Help


@pytest.mark.parametrize("state", STATES)
def test_help_helps_and_moves_nothing(chat: Conversation, state: str) -> None:
    bring(chat, state)
    due_at = chat.due_at
    chat.person.says("HELP")
    chat.person.hears("help")
    chat.agent.is_told()
    chat.recorded()
    assert (chat.state, chat.due_at) == (state, due_at)


# Anything else


@pytest.mark.parametrize("state", UNASKED)
@pytest.mark.parametrize("text", ["hello", "who is this?", "👍", "no"])
def test_who_writes_first_is_asked(chat: Conversation, state: str, text: str) -> None:
    bring(chat, state)
    chat.person.says(text)
    chat.person.hears("ask")
    chat.agent.is_told("contact_wrote_first")
    chat.recorded("consent.requested")
    assert chat.state == "requested"


@pytest.mark.parametrize("state", UNASKED)
def test_who_sends_a_file_first_is_asked(chat: Conversation, state: str) -> None:
    bring(chat, state)
    chat.person.sends_a_file("yes")
    chat.person.hears("ask")
    chat.recorded("consent.requested")
    assert chat.state == "requested"


@pytest.mark.parametrize("state", ASKED)
def test_an_unclear_reply_is_guided_once_a_request(chat: Conversation, state: str) -> None:
    bring(chat, state)
    chat.person.says("hello")
    chat.person.hears("guide")
    chat.agent.is_told("unclear_reply")
    chat.recorded("reply.unclear")
    for text in ("hello?", "who are you", "ok"):
        chat.time.passes(seconds=1)
        chat.person.says(text)
        chat.person.hears()
        chat.agent.is_told("unclear_reply")
        chat.recorded("reply.unclear")
    assert chat.state == state


def test_silence_does_not_bring_the_guide_again(
    chat: Conversation, person: Person, agent: Agent, time: Time
) -> None:
    agent.asks()
    person.says("hello")
    person.hears("guide")
    time.passes(hours=24)
    assert chat.state == "no_answer"
    person.says("hello")
    person.hears()
    agent.is_told("unclear_reply")


def test_a_new_request_brings_the_guide_again(
    chat: Conversation, person: Person, agent: Agent, time: Time
) -> None:
    for _ in range(3):
        agent.asks()
        time.passes(hours=1)
        person.says("hello")
        person.hears("guide")
        person.says("hello")
        person.hears()
        time.passes(hours=24)


def test_an_unclear_reply_does_not_extend_the_wait(
    chat: Conversation, person: Person, agent: Agent, time: Time
) -> None:
    agent.asks()
    time.passes(hours=23)
    person.says("hello")
    time.passes(hours=1)
    chat.recorded("consent.deferred")
    assert chat.state == "no_answer"


@pytest.mark.parametrize("state", ASKED)
def test_a_file_called_yes_is_no_answer(chat: Conversation, state: str) -> None:
    bring(chat, state)
    chat.person.sends_a_file("yes")
    chat.person.hears("guide")
    chat.agent.is_told("unclear_reply")
    chat.recorded("reply.unclear")
    assert chat.state == state


def test_who_has_opted_out_is_reminded_at_most_once_in_24_hours(
    chat: Conversation, person: Person, time: Time
) -> None:
    bring(chat, "opted_out")
    person.says("hello")
    person.hears("ask_again")
    chat.recorded()
    person.says("hello?")
    chat.stays("opted_out")
    time.passes(hours=24, seconds=-1)
    person.says("hello")
    chat.stays("opted_out")
    time.passes(seconds=1)
    person.says("hello")
    person.hears("ask_again")
    assert chat.state == "opted_out"


@pytest.mark.parametrize("text", ["hello", "yes", "no", "No thanks", "START", "yes?", "👍"])
def test_with_consent_it_is_conversation(chat: Conversation, person: Person, text: str) -> None:
    bring(chat, "opted_in")
    person.says(text)
    chat.stays("opted_in")


def test_with_consent_a_file_and_another_yes_are_conversation(
    chat: Conversation, person: Person
) -> None:
    bring(chat, "opted_in")
    person.sends_a_file("stopwatch.pdf")
    chat.stays("opted_in")
    person.taps("yes")
    chat.stays("opted_in")


# Silence


def test_silence_is_no_answer(chat: Conversation, person: Person, agent: Agent, time: Time) -> None:
    agent.asks()
    time.passes(hours=24, seconds=-1)
    chat.stays("requested")
    time.passes(seconds=1)
    person.hears()
    agent.is_told("no_answer")
    chat.recorded("consent.deferred")
    assert chat.state == "no_answer"


@pytest.mark.parametrize("state", [state for state in STATES if state != "requested"])
def test_nothing_else_wears_off(chat: Conversation, state: str) -> None:
    bring(chat, state)
    chat.time.passes(hours=24 * 365)
    chat.stays(state)


# What does not arrive


def test_a_contact_who_is_not_on_whatsapp(
    chat: Conversation, person: Person, agent: Agent, provider: Provider
) -> None:
    agent.asks()
    provider.fails_the_request("unreachable")
    person.hears()
    agent.is_told("unreachable")
    chat.recorded("request.unreachable")
    assert chat.state == "unreachable"


def test_a_request_that_does_not_arrive(
    chat: Conversation, person: Person, agent: Agent, provider: Provider
) -> None:
    agent.asks()
    provider.fails_the_request("final")
    person.hears()
    agent.is_told("undelivered")
    chat.recorded("request.undelivered")
    assert chat.state == "undelivered"


@pytest.mark.parametrize("state", [state for state in STATES if state != "opted_out"])
@pytest.mark.parametrize("of_request", [True, False])
def test_a_block_is_an_opt_out(chat: Conversation, state: str, of_request: bool) -> None:
    bring(chat, state)
    fails = chat.provider.fails_the_request if of_request else chat.provider.fails_a_message
    fails("blocked")
    chat.person.hears()
    chat.agent.is_told("opted_out_by_provider")
    chat.recorded("consent.withdrawn")
    assert chat.state == "opted_out"


@pytest.mark.parametrize("kind", ["unreachable", "blocked", "final"])
def test_who_has_opted_out_stays_so_whatever_fails(
    chat: Conversation, provider: Provider, kind: FailureKind
) -> None:
    bring(chat, "opted_out")
    provider.fails_the_request(kind)
    chat.stays("opted_out")
    provider.fails_a_message(kind)
    chat.stays("opted_out")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", ["unreachable", "final"])
def test_the_failure_of_an_ordinary_message_moves_nothing(
    chat: Conversation, state: str, kind: FailureKind
) -> None:
    bring(chat, state)
    chat.provider.fails_a_message(kind)
    chat.stays(state)


@pytest.mark.parametrize("state", [state for state in STATES if state != "requested"])
@pytest.mark.parametrize("kind", ["unreachable", "final"])
def test_the_failure_of_a_request_that_nobody_waits_for_moves_nothing(
    chat: Conversation, state: str, kind: FailureKind
) -> None:
    bring(chat, state)
    chat.provider.fails_the_request(kind)
    chat.stays(state)


def test_the_whole_story(
    chat: Conversation, person: Person, agent: Agent, time: Time, provider: Provider
) -> None:
    agent.asks()
    time.passes(hours=25)
    agent.asks()
    person.says("What is this about?")
    person.hears("guide")
    person.says("Yes please")
    person.hears("welcome")
    provider.fails_a_message("final")
    person.says("No, Tuesday is better")
    chat.stays("opted_in")
    person.says("STOP")
    person.hears("goodbye")
    agent.asks()
    agent.is_refused("opted_out")
    time.passes(hours=24 * 90)
    person.says("yes")
    chat.recorded("consent.renewed")
    assert chat.state == "opted_in"


def test_a_failing_test_shows_the_conversation(
    agent: Agent, person: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    agent.asks()
    person.says("yes")
    with pytest.raises(AssertionError, match=r"hears .'welcome',., not .'goodbye',."):
        person.hears("goodbye")
    transcript = capsys.readouterr().out
    assert "agent    asks" in transcript
    assert "person   says 'yes'" in transcript
    assert "requested becomes opted_in" in transcript
