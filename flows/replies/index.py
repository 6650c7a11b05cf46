"""Finding the phrases of many patterns at any place of a reply.

A pattern becomes a small graph, of which only what replies really touch is worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from flows.replies.normalise import Tokens
from flows.replies.patterns import Entry, Part, Pattern, Span

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

    def ended_by(self, token: str) -> Entry | None:
        """Tell what has been said when nothing follows a token, whatever else might."""
        ways = self.arcs.get(token, [])
        if not isinstance(ways, list):
            return ways.entry
        entries = [entry for way in ways if (entry := _end(way))]
        return min(entries, key=lambda entry: entry.rank, default=None)

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


def _end(rest: Rest | Entry) -> Entry | None:
    """Find what is said when all that is left may be left out."""
    while isinstance(rest, tuple):
        pattern, rest = rest
        if not all(map(_omissible, pattern)):
            return None
    return rest


def _omissible(part: Part) -> bool:
    return () in part or any(
        all(map(_omissible, choice))
        for choice in part
        if isinstance(choice, tuple) and not isinstance(choice[0][0], str)
    )


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
        for token in self._root.arcs:
            if entry := self._root.ended_by(token):
                yield token, entry
