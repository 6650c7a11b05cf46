"""What must be true of every flow, those that nobody has written yet too.

One turn from every state for every cause is few enough to try them all; whole conversations are
walked at random.
"""

from __future__ import annotations

import random
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows
from flows import FLOWS
from flows.flow import DAY, Flow
from flows.replies import Meaning, Reading
from flows.turn import Failure, FailureKind, Record, Say, Tell, Trigger, Turn
from tests.flows.conversation import BEGINNING, Conversation

pytestmark = pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)

WORDS = tomllib.loads((Path(flows.__file__).parent / "texts/en.toml").read_text(encoding="utf-8"))
CONSENT = {"consent.given", "consent.renewed"}
WITHOUT_CONSENT = {"consent.refused", "consent.withdrawn"}
REMARKS = {"reply.unclear"}
"""Entries that prove something which changed nothing."""

READINGS = [Reading(meaning, tap, "", "") for meaning in get_args(Meaning) for tap in (False, True)]
FAILURES = [Failure(kind, of) for kind in get_args(FailureKind) for of in (False, True)]


@dataclass(frozen=True)
class Cause:
    """Why a turn is taken."""

    trigger: Trigger
    heard: Reading | None = None
    failure: Failure | None = None
    prior: bool = False


BROUGHT = Cause("start", prior=True)
CAUSES = [
    Cause("start"),
    BROUGHT,
    Cause("expire"),
    *(Cause("receive", heard=reading) for reading in READINGS),
    *(Cause("fail", failure=failure) for failure in FAILURES),
]
STOPS = [cause for cause in CAUSES if cause.heard and cause.heard.meaning == "stop"]
BLOCKS = [cause for cause in CAUSES if cause.failure and cause.failure.kind == "blocked"]
YES = Cause("receive", heard=Reading("yes", False, "", ""))
UNCLEAR = Cause("receive", heard=Reading("unclear", False, "", ""))


def taken(flow: Flow, state: str, cause: Cause) -> Turn:
    """Take one turn in a conversation in which nothing was said before."""
    turn = Turn(state, BEGINNING, cause.heard, cause.failure, prior=cause.prior)
    flow.take(cause.trigger, turn)
    return turn


def as_it_was(state: str, turn: Turn) -> Turn:
    """A turn before it was taken."""
    return Turn(state, turn.now, turn.heard, turn.failure, prior=turn.prior)


def turns(flow: Flow) -> Iterator[tuple[str, Cause, Turn]]:
    """Every turn there is: each state, each cause."""
    for state, cause in product(flow.states, CAUSES):
        yield state.name, cause, taken(flow, state.name, cause)


def records(turn: Turn) -> list[str]:
    return [effect.kind for effect in turn.effects if isinstance(effect, Record)]


def says(turn: Turn) -> list[str]:
    return [effect.text for effect in turn.effects if isinstance(effect, Say)]


def means(cause: Cause, *meanings: Meaning) -> bool:
    return cause.heard is not None and cause.heard.meaning in meanings


def reachable(flow: Flow, *states: str) -> set[str]:
    """The states to which turns lead from these."""
    reached = set(states)
    while True:
        found = {turn.state for state, _, turn in turns(flow) if state in reached} | reached
        if found == reached:
            return reached
        reached = found


# Every turn


def test_every_turn_ends_in_a_state_of_the_flow(flow: Flow) -> None:
    for _, _, turn in turns(flow):
        assert flow.knows(turn.state)


def test_every_row_is_taken_by_some_turn(flow: Flow) -> None:
    fired = set()
    for state, cause, turn in turns(flow):
        fitting = (
            at
            for at, row in enumerate(flow.rows)
            if row.trigger == cause.trigger
            and (not row.sources or state in row.sources)
            and (row.when is None or row.when.test(as_it_was(state, turn)))
        )
        fired.add(next(fitting, None))
    idle = [row for at, row in enumerate(flow.rows) if at not in fired]
    assert not idle, "rows above them answer first"


def test_every_state_comes_about(flow: Flow) -> None:
    assert reachable(flow, flow.initial) == {state.name for state in flow.states}


def test_no_state_is_a_dead_end(flow: Flow) -> None:
    opened = {state.name for state in flow.states if state.open}
    for state in flow.states:
        assert reachable(flow, state.name) & opened, state.name


def test_a_change_of_state_leaves_exactly_one_entry(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        if turn.state != state:
            assert len(records(turn)) == 1, (state, cause)
            assert not REMARKS.intersection(records(turn)), (state, cause)
        else:
            assert REMARKS.issuperset(records(turn)), (state, cause)


def test_every_entry_says_what_the_new_state_is(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        reached = flow.state(turn.state)
        for kind in records(turn):
            if kind in CONSENT or kind == "consent.imported":
                assert reached.open, (state, cause)
            elif kind in WITHOUT_CONSENT:
                assert reached.closed_because == "opted_out", (state, cause)
            elif kind.startswith("request.") or kind == "consent.deferred":
                assert not reached.open, (state, cause)
            elif kind == "consent.requested":
                assert not reached.open, (state, cause)
                assert any(isinstance(effect, Say) and effect.request for effect in turn.effects)


def test_a_turn_is_pure(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        again = taken(flow, state, cause)
        assert again == turn
        assert (turn.now, turn.heard, turn.failure) == (BEGINNING, cause.heard, cause.failure)
        assert turn.said == dict.fromkeys(says(turn), BEGINNING)


def test_what_has_no_row_changes_nothing(flow: Flow) -> None:
    for state, cause in product(flow.states, CAUSES):
        turn = Turn(state.name, BEGINNING, cause.heard, cause.failure, prior=cause.prior)
        if not flow.take(cause.trigger, turn):
            assert (turn.state, turn.effects, turn.refusal) == (state.name, [], None)


def test_a_contact_hears_at_most_one_text_a_turn(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        assert len(says(turn)) <= 1, (state, cause)


def test_every_text_and_notice_has_words(flow: Flow) -> None:
    for row in flow.rows:
        for action in row.do:
            if action.kind in ("say", "request"):
                assert action.name in WORDS["contact"]
            elif action.kind == "tell":
                assert action.name in WORDS["agent"]


def test_no_text_speaks_of_a_channel_that_it_does_not_travel_on(flow: Flow) -> None:
    heard = {a.name for row in flow.rows for a in row.do if a.kind in ("say", "request")}
    elsewhere = {"sms": "WhatsApp", "whatsapp": "SMS"}[flow.channel]
    assert not {
        text: WORDS["contact"][text] for text in heard if elsewhere in WORDS["contact"][text]
    }


# Consent


def test_consent_is_only_given_by_a_yes(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        if CONSENT.intersection(records(turn)):
            assert cause.trigger == "receive", (state, cause)
            assert means(cause, "yes", "start"), (state, cause)


def test_what_opens_is_a_yes_or_by_policy_a_disclaimer(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        if flow.state(turn.state).open and not flow.state(state).open:
            told = any(isinstance(effect, Say) and effect.request for effect in turn.effects)
            by_yes = bool(CONSENT.intersection(records(turn)))
            assert by_yes or cause == BROUGHT or (flow.policy == "disclaimer" and told), (
                state,
                cause,
            )


def test_nobody_consents_before_anything_was_asked(flow: Flow) -> None:
    for cause in CAUSES:
        turn = taken(flow, flow.initial, cause)
        assert not CONSENT.intersection(records(turn)), cause
        closed = not flow.state(turn.state).open
        assert flow.policy == "disclaimer" or cause == BROUGHT or closed, cause


def test_a_consent_that_is_brought_opens_without_a_word(flow: Flow) -> None:
    for state in flow.states:
        turn = taken(flow, state.name, BROUGHT)
        assert not says(turn), state.name
        if turn.refusal is None:
            assert flow.state(turn.state).open
            assert records(turn) == ["consent.imported"]
        else:
            assert turn.refusal == (state.closed_because if not state.open else "already_opted_in")


def test_a_consent_is_never_brought_over_an_opt_out(flow: Flow) -> None:
    for state in flow.states:
        if state.closed_because == "opted_out":
            turn = taken(flow, state.name, BROUGHT)
            assert (turn.state, turn.refusal, turn.effects) == (state.name, "opted_out", [])


def test_the_beginning_is_closed(flow: Flow) -> None:
    assert not flow.state(flow.initial).open


def test_what_consent_opened_no_lost_message_closes(flow: Flow) -> None:
    given = {turn.state for _, _, turn in turns(flow) if CONSENT.intersection(records(turn))}
    for state, failure in product(given, FAILURES):
        if failure.kind != "blocked":
            turn = taken(flow, state, Cause("fail", failure=failure))
            assert (turn.state, turn.effects) == (state, []), failure


# Opting out


def test_stop_always_stops(flow: Flow) -> None:
    for state, cause in product(flow.states, STOPS):
        turn = taken(flow, state.name, cause)
        assert turn.state == "opted_out", state.name
        assert not flow.state(turn.state).open
        assert flow.state(turn.state).closed_because == "opted_out"


def test_a_stop_is_confirmed_exactly_once(flow: Flow) -> None:
    for state, cause in product(flow.states, STOPS):
        first = taken(flow, state.name, cause)
        assert says(first) == ([] if state.name == first.state else ["goodbye"]), state.name
        for again in (*STOPS, *(one for one in CAUSES if means(one, "no"))):
            turn = taken(flow, first.state, again)
            assert (turn.state, turn.effects) == (first.state, []), again


def test_a_block_closes_without_a_word(flow: Flow) -> None:
    for state, cause in product(flow.states, BLOCKS):
        turn = taken(flow, state.name, cause)
        assert flow.state(turn.state).closed_because == "opted_out", state.name
        assert not flow.state(turn.state).open
        assert not says(turn)


def test_only_a_yes_leads_out_of_an_opt_out(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        if flow.state(state).closed_because == "opted_out" and turn.state != state:
            assert means(cause, "yes", "start"), (state, cause)
            assert records(turn) == ["consent.renewed"]


def test_a_yes_does_lead_out_of_an_opt_out(flow: Flow) -> None:
    for state in flow.states:
        if state.closed_because == "opted_out":
            assert flow.state(taken(flow, state.name, YES).state).open


def test_consent_is_withdrawn_only_where_it_can_be(flow: Flow) -> None:
    """A refusal is never written where somebody had said yes: that is a withdrawal."""
    consented = {
        turn.state for _, _, turn in turns(flow)
        if {"consent.given", "consent.renewed"} & set(records(turn))
    }  # fmt: skip
    for state, cause, turn in turns(flow):
        if "consent.refused" in records(turn):
            assert state not in consented, (state, cause)


# Agents, time and the provider


def test_who_asks_is_answered(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        if cause.trigger == "start":
            assert (turn.state != state) != (turn.refusal is not None), state
        else:
            assert turn.refusal is None, (state, cause)


def test_a_refusal_does_nothing_else(flow: Flow) -> None:
    for state, _, turn in turns(flow):
        if turn.refusal is not None:
            assert (turn.state, turn.effects, turn.said) == (state, [], {})


def test_agents_are_told_of_every_change(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        if turn.state != state:
            told = [effect for effect in turn.effects if isinstance(effect, Tell)]
            assert len(told) == 1, (state, cause)


def test_help_is_given_everywhere_and_moves_nothing(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        if means(cause, "help"):
            assert (turn.state, turn.effects) == (state, [Say("help")])


def test_silence_ends(flow: Flow) -> None:
    for state in flow.states:
        seen = [state]
        while seen[-1].lasts:
            turn = taken(flow, seen[-1].name, Cause("expire"))
            seen.append(flow.state(turn.state))
            assert seen[-1] not in seen[:-1], "time goes round in circles"


def test_time_opens_nothing_and_moves_nothing_that_lasts(flow: Flow) -> None:
    for state in flow.states:
        turn = taken(flow, state.name, Cause("expire"))
        assert state.open or not flow.state(turn.state).open
        if state.lasts is None:
            assert (turn.state, turn.effects) == (state.name, [])


def test_nothing_is_said_because_something_was_not_heard(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        if cause.failure:
            assert not says(turn), (state, cause)


def test_only_a_lost_request_or_a_block_moves_anything(flow: Flow) -> None:
    for state, cause, turn in turns(flow):
        if cause.failure and not cause.failure.of_request and cause.failure.kind != "blocked":
            assert (turn.state, turn.effects) == (state, []), cause


# Whole conversations

step = st.one_of(
    st.sampled_from(CAUSES),
    st.sampled_from([0.0, 1.0, 3600.0, DAY.total_seconds() - 1, DAY.total_seconds(), 90_000.0]),
)


def follow(chat: Conversation, one: Cause | float) -> None:
    """Take one step of a walk."""
    if isinstance(one, float):
        chat.time.passes(seconds=one)
    elif one.heard:
        chat.person.means(one.heard)
    elif one.failure and one.failure.of_request:
        chat.provider.fails_the_request(one.failure.kind)
    elif one.failure:
        chat.provider.fails_a_message(one.failure.kind)
    elif one.trigger == "start":
        chat.agent.asks()
    else:
        chat.step("time", "is up, says somebody")
        chat.take(one.trigger)


@given(steps=st.lists(step, max_size=25))
@settings(max_examples=150, deadline=None)
def test_the_ledger_tells_the_state(flow: Flow, steps: list[Cause | float]) -> None:
    chat = Conversation(flow)
    for one in steps:
        follow(chat, one)
        kinds = [effect.kind for effect in chat.history if isinstance(effect, Record)]
        turning_points = [kind for kind in kinds if kind not in REMARKS]
        last = turning_points[-1] if turning_points else None
        opening = CONSENT if flow.policy == "consent" else CONSENT | {"disclaimer.sent"}
        assert chat.open == (last in opening)
        assert (chat.state == "opted_out") == (last in WITHOUT_CONSENT)
        assert (chat.state == flow.initial) == (last is None)


@given(steps=st.lists(step, max_size=25))
@settings(max_examples=150, deadline=None)
def test_consent_answers_something(flow: Flow, steps: list[Cause | float]) -> None:
    chat = Conversation(flow)
    for one in steps:
        asked = any(isinstance(effect, Say) and effect.request for effect in chat.history)
        stopped = chat.state == "opted_out"
        follow(chat, one)
        for effect in chat.effects:
            if effect == Record("consent.given"):
                assert asked
            if effect == Record("consent.renewed"):
                assert stopped


@given(steps=st.lists(step, max_size=25))
@settings(max_examples=150, deadline=None)
def test_every_opt_out_has_one_goodbye(flow: Flow, steps: list[Cause | float]) -> None:
    chat = Conversation(flow)
    for one in steps:
        before = chat.state
        follow(chat, one)
        left = before != "opted_out" and chat.state == "opted_out"
        by_word = left and isinstance(one, Cause) and one.heard is not None
        assert chat.effects.count(Say("goodbye")) == int(by_word)


@given(steps=st.lists(step, max_size=20), seconds=st.integers(1, 600))
@settings(max_examples=100, deadline=None)
def test_two_robots_do_not_talk_for_ever(
    flow: Flow, steps: list[Cause | float], seconds: int
) -> None:
    chat = Conversation(flow)
    for one in steps:
        follow(chat, one)
    said = 0
    for _ in range(20):
        chat.time.passes(seconds=seconds)
        follow(chat, UNCLEAR)
        said += sum(isinstance(effect, Say) for effect in chat.effects)
    assert said <= 2, "a request and one word of guidance are enough for a few hours"


@given(steps=st.lists(step, max_size=25))
@settings(max_examples=100, deadline=None)
def test_silence_ends_every_conversation(flow: Flow, steps: list[Cause | float]) -> None:
    chat = Conversation(flow)
    for one in steps:
        follow(chat, one)
    longest = max((state.lasts or timedelta() for state in flow.states), default=timedelta())
    chat.time.passes(seconds=longest.total_seconds() * len(flow.states))
    assert chat.due_at is None
    assert flow.state(chat.state).lasts is None


# One machine for all

WALKERS = 8
TURNS_EACH = 2500


def walk(flow: Flow, seed: int) -> list[Turn]:
    """Take turns in an order that only `seed` decides."""
    choices = random.Random(seed)
    state, walked = flow.initial, []
    for _ in range(TURNS_EACH):
        walked.append(taken(flow, state, choices.choice(CAUSES)))
        state = walked[-1].state
    return walked


def test_conversations_at_the_same_time_do_not_touch(flow: Flow) -> None:
    alone = [walk(flow, seed) for seed in range(WALKERS)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(WALKERS) as pool:
            together = list(pool.map(walk, [flow] * WALKERS, range(WALKERS)))
    finally:
        sys.setswitchinterval(interval)
    assert together == alone
