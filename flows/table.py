"""What a flow's table is made of, and what makes one contradict itself.

`transitions` accepts a misspelt state or a row that nothing leads to without a word; we do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flows.phrases import Action, Guard
from flows.turn import Trigger


@dataclass(frozen=True, slots=True)
class State:
    """A place where a conversation can rest.

    `open`: an agent may write; otherwise `closed_because` says why not, a code of the API.
    `lasts`: how long until `expire`; None is for ever.
    """

    name: str
    meaning: str
    lasts: timedelta | None = None
    open: bool = False
    closed_because: str = "not_opted_in"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a flow's table. No `sources` means any state; no `to` means stay."""

    trigger: Trigger
    sources: tuple[str, ...]
    to: str | None
    when: Guard | None
    do: tuple[Action, ...]


def on(
    trigger: Trigger,
    *sources: str,
    to: str | None = None,
    when: Guard | None = None,
    do: tuple[Action, ...] = (),
) -> Row:
    """Write a row: on `trigger`, in any of `sources`, `when` it fits, go `to` and `do` this."""
    return Row(trigger, sources, to, when, do)


def contradictions(initial: str, states: Sequence[State], rows: Sequence[Row]) -> list[str]:
    """All that is wrong with a table, in words; empty when it is sound."""
    names = [state.name for state in states]
    return [
        *_misnamed(initial, names, rows),
        *_unreached(initial, names, rows),
        *_clockless(states, _answering("expire", names, rows)),
        *_unanswered_starts(names, _answering("start", names, rows)),
        *_unproven(rows),
        *_baseless_requests(rows),
    ]


def _misnamed(initial: str, names: list[str], rows: Sequence[Row]) -> Iterator[str]:
    yield from (f"state {name!r} stands twice" for name in set(names) if names.count(name) > 1)
    mentioned = {initial, *(row.to for row in rows if row.to)}
    mentioned.update(source for row in rows for source in row.sources)
    yield from (f"no state is called {name!r}" for name in sorted(mentioned - set(names)))


def _unreached(initial: str, names: list[str], rows: Sequence[Row]) -> Iterator[str]:
    reached = {initial, *(row.to for row in rows)}
    yield from (f"nothing leads to {name!r}" for name in names if name not in reached)


def _answering(trigger: Trigger, names: list[str], rows: Sequence[Row]) -> set[str]:
    """The states in which some row answers `trigger`."""
    answering = (row.sources or names for row in rows if row.trigger == trigger)
    return {source for sources in answering for source in sources}


def _clockless(states: Sequence[State], expiring: set[str]) -> Iterator[str]:
    for state in states:
        if state.lasts and state.name not in expiring:
            yield f"{state.name!r} ends after {state.lasts}, but no row says how"
        if not state.lasts and state.name in expiring:
            yield f"{state.name!r} has a row for expire, but lasts for ever"


def _unanswered_starts(names: list[str], answered: set[str]) -> Iterator[str]:
    yield from (f"{name!r} does not answer start" for name in names if name not in answered)


def _unproven(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if row.to and not any(action.kind == "record" for action in row.do):
            yield f"a row leads to {row.to!r} and leaves no entry in the ledger"


def _baseless_requests(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if not row.to and any(action.kind == "request" for action in row.do):
            yield f"a row of {row.trigger} sends a request and stays where it is"
