"""The words that flows are written in.

A flow is a value: states, and rows that say what happens on a trigger. It is built once, at import,
on one `transitions.Machine` that belongs to no conversation; a `Turn` goes through it and comes out
with a new state and its effects. Rows are tried in order and the first that fits is taken.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Literal

from transitions import Machine
from transitions import State as MachineState

from flows.phrases import (
    Action,
    Guard,
    fails,
    hears,
    prior_consent,
    record,
    refuse,
    request,
    request_fails,
    say,
    taps,
    tell,
)
from flows.table import Row, State, contradictions, on
from flows.turn import Failure, Trigger, Turn

__all__ = [
    "DAY", "Action", "Failure", "Flow", "Guard", "Row", "State", "Trigger", "Turn", "fails",
    "hears", "on", "prior_consent", "record", "refuse", "request", "request_fails", "say", "taps",
    "tell",
]  # fmt: skip

DAY = timedelta(hours=24)
"""86,400 elapsed seconds, whatever the clocks on the wall do."""

# The library warns about each trigger that no row answers; here that is an ordinary outcome.
logging.getLogger("transitions").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Flow:
    """A conversation's whole course. Raises `ValueError` when it contradicts itself.

    `channel` and `policy` say where it serves: an organization's consent policy on that channel.
    """

    name: str
    channel: Literal["whatsapp", "sms"]
    policy: Literal["consent", "disclaimer"]
    initial: str
    states: tuple[State, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        """Refuse contradictions before anybody is asked anything, and build the machine."""
        found = contradictions(self.initial, self.states, self.rows)
        if found:
            raise ValueError(f"flow {self.name}: " + "; ".join(found))
        self._machine  # noqa: B018 - built at import, not under the first message

    def state(self, name: str) -> State:
        """Look up a state. Raises `KeyError` for a name that this flow does not have."""
        return self._by_name[name]

    def knows(self, name: str) -> bool:
        """Whether this flow has a state of that name."""
        return name in self._by_name

    def is_open(self, name: str) -> bool:
        """Whether agents may write in that state; not in one that this flow does not have."""
        return self.knows(name) and self.state(name).open

    def take(self, trigger: Trigger, turn: Turn) -> bool:
        """Apply `trigger` to `turn`; False when no row answers it in this state."""
        event = self._machine.events.get(trigger)
        return event is not None and bool(event.trigger(turn, turn))

    def without(self, state: str, *, name: str, channel: Literal["whatsapp", "sms"]) -> Flow:
        """The same course for another channel, on which `state` cannot come about."""
        rows = tuple(
            replace(row, sources=tuple(source for source in row.sources if source != state))
            for row in self.rows
            if row.to != state and row.sources != (state,)
        )
        states = tuple(kept for kept in self.states if kept.name != state)
        return replace(self, name=name, channel=channel, states=states, rows=rows)

    @cached_property
    def _by_name(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    @cached_property
    def _machine(self) -> Machine:
        """One machine for every conversation: models are never registered on it."""
        machine = Machine(
            model=None,
            states=[MachineState(state.name) for state in self.states],
            initial=self.initial,
            auto_transitions=False,
            ignore_invalid_triggers=True,
        )
        for row in self.rows:
            machine.add_transition(
                row.trigger,
                list(row.sources) or "*",
                row.to,
                conditions=[row.when.test] if row.when else [],
                before=[action.act for action in row.do],
            )
        return machine
