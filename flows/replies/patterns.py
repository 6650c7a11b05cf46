"""Patterns of words, matched part by part rather than written out.

`(i|we) agree( to this|)` stands for four phrases, and `{they_may} write` for as many as the list's
part `they_may` has. The files hold patterns for some 150,000; written
out they would cost every process a third of a second, so a pattern becomes a small graph and only
what replies really touch of it is worked out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

from flows.replies.normalise import Tokens, tokens

Role = Literal[
    "stop", "no", "yes", "start", "help", "polite", "with_yes", "with_no", "doubt",
    "negation", "condition", "sign_off", "foreign", "unknown",
]  # fmt: skip

_SIGNS = re.compile(r"([(|)]|\{\w+\})")
# Most words in the files are their own tokens.
_PLAIN = re.compile(r"[a-z ]*")

Part = Tokens | tuple["Pattern", ...]
"""Some words, or a choice between patterns."""
Pattern = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase counts as, and the list it stands in."""

    role: Role
    words: str
    rank: int = 0
    """Of two entries for the same phrase the one of the lower rank counts."""


class Span(NamedTuple):
    """A stretch of a reply that one entry explains."""

    role: Role
    words: str
    start: int
    end: int


Parts = Callable[[str], tuple[Pattern, ...]]
"""Finds what a name in braces stands for; raises `KeyError` for a name that nobody gave."""


def parsed(text: str, parts: Parts) -> tuple[Pattern, ...]:
    """Take a pattern apart, its words cut into the same tokens as a reply's."""
    return _choice(iter(_SIGNS.split(text)), parts)


def _choice(signs: Iterator[str], named: Parts) -> tuple[Pattern, ...]:
    """Take apart what stands up to the closing bracket; a choice ends where a word does."""
    patterns: list[Pattern] = []
    parts: list[Part] = []
    for sign in signs:
        if sign == ")":
            break
        if sign == "|":
            patterns.append(tuple(parts))
            parts = []
        elif sign == "(":
            parts.append(_choice(signs, named))
        elif sign.startswith("{"):
            parts.append(named(sign[1:-1]))
        elif words := _tokens(sign):
            parts.append(words)
    return (*patterns, tuple(parts))


def _tokens(words: str) -> Tokens:
    return tuple(words.split()) if _PLAIN.fullmatch(words) else tokens(words)


def words_of(patterns: Iterable[Pattern]) -> Iterator[str]:
    """List every token that stands in some patterns."""
    for part in (part for pattern in patterns for part in pattern):
        if isinstance(part[0], str):
            yield from (token for token in part if isinstance(token, str))
        else:
            yield from words_of(p for p in part if not isinstance(p, str))


@dataclass(slots=True)
class _State:
    """A place in the graph: what may come next, and what has been said when nothing does."""

    arcs: dict[str, tuple[_State, ...]] = field(default_factory=dict)
    entry: Entry | None = None

    def after(self, token: str) -> _State | None:
        """Go one token on; several ways on are joined when they are first needed."""
        ways = self.arcs.get(token)
        if ways is None:
            return None
        if len(ways) > 1:
            ways = self.arcs[token] = (_joined(ways),)
        return ways[0]


def _joined(states: Sequence[_State]) -> _State:
    if len(states) == 1:
        return states[0]
    arcs: dict[str, tuple[_State, ...]] = {}
    for state in states:
        for token, ways in state.arcs.items():
            arcs[token] = arcs[token] + ways if token in arcs else ways
    entries = [state.entry for state in states if state.entry]
    return _State(arcs, min(entries, key=lambda entry: entry.rank, default=None))


def _leading(pattern: Pattern, goal: _State, same: Mapping[str, str]) -> _State:
    for part in reversed(pattern):
        if isinstance(part[0], tuple):
            goal = _joined([_leading(p, goal, same) for p in part if isinstance(p, tuple)])
        else:
            for token in reversed(part):
                if isinstance(token, str) and (usual := same.get(token, token)):
                    goal = _State({usual: (goal,)})
    return goal


class Index:
    """Phrases that can be found from any position of a reply, the longest first."""

    def __init__(
        self,
        entries: Iterable[tuple[Pattern, Entry]],
        same: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Take patterns with their entries; `same` maps tokens to their usual form, "" for none."""
        goals: dict[Entry, _State] = {}
        arcs: dict[str, list[_State]] = {}
        for pattern, entry in entries:
            goal = goals.setdefault(entry, _State(entry=entry))
            for token, ways in _leading(pattern, goal, same).arcs.items():
                arcs.setdefault(token, []).extend(ways)
        self._root = _State({token: tuple(ways) for token, ways in arcs.items()})

    @property
    def beginnings(self) -> Iterable[str]:
        """Every token with which a phrase begins."""
        return self._root.arcs.keys()

    def at(self, reply: Tokens, at: int) -> list[Span]:
        """Find every phrase that begins at a position of a reply, the longest first."""
        found: list[Span] = []
        state, end = self._root.after(reply[at]), at + 1
        while state:
            if entry := state.entry:
                found.append(Span(entry.role, entry.words, at, end))
            if end == len(reply):
                break
            state, end = state.after(reply[end]), end + 1
        found.reverse()
        return found

    def longest(self, reply: Tokens, at: int) -> Span | None:
        """Find the longest phrase that begins at a position of a reply."""
        return next(iter(self.at(reply, at)), None)

    def holds(self, phrase: Tokens) -> bool:
        """Tell whether these tokens are a phrase."""
        return any(span.end == len(phrase) for span in self.at(phrase, 0))

    def singles(self) -> Iterator[tuple[str, Entry]]:
        """List the phrases of one token, with what they count as."""
        for token in list(self._root.arcs):
            state = self._root.after(token)
            if state and state.entry:
                yield token, state.entry
