"""Patterns of words, matched part by part rather than written out.

`(i|we) agree( to this|)` stands for four phrases, and `{they_may} write` for as many as the list's
part `they_may` has. The files hold patterns for some 150,000; written
out they would cost every process a third of a second, so a pattern becomes a small graph and only
what replies really touch of it is worked out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
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


Rest = tuple[Pattern, "Rest | Entry"]
"""What is left of a phrase: some parts, and what comes behind them."""


@dataclass(slots=True)
class _State:
    """A place in the graph: what may come next, and what has been said when nothing does."""

    same: Mapping[str, str]
    arcs: dict[str, list[Rest] | _State] = field(default_factory=dict)
    entry: Entry | None = None

    def after(self, token: str) -> _State | None:
        """Go one token on; where that leads is worked out when it is first needed."""
        ways = self.arcs.get(token)
        if not isinstance(ways, list):
            return ways
        state = _State(self.same)
        for pattern, then in ways:
            state.open(pattern, then)
        self.arcs[token] = state
        return state

    def open(self, pattern: Pattern, then: Rest | Entry) -> None:
        """Let some parts come next here, and then what comes behind them."""
        if pattern:
            self._open(pattern[0], pattern[1:], then)
        elif isinstance(then, tuple):
            self.open(*then)
        elif self.entry is None or then.rank < self.entry.rank:
            self.entry = then

    def _open(self, part: Part, rest: Pattern, then: Rest | Entry) -> None:
        first = part[0]
        if isinstance(first, tuple):
            behind = (rest, then) if rest else then
            for choice in part:
                if isinstance(choice, tuple):
                    self.open(choice, behind)
            return
        left = (part[1:], *rest) if len(part) > 1 else rest
        if usual := self.same.get(first, first):
            ways = self.arcs.setdefault(usual, [])
            if isinstance(ways, list):
                ways.append((left, then))
        else:
            self.open(left, then)


class Index:
    """Phrases that can be found from any position of a reply, the longest first."""

    def __init__(
        self,
        entries: Iterable[tuple[Pattern, Entry]],
        same: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Take patterns with their entries; `same` maps tokens to their usual form, "" for none."""
        self._root = _State(same)
        for pattern, entry in entries:
            self._root.open(pattern, entry)

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
