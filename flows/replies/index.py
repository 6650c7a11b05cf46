"""Finding the phrases of many patterns at any place of a reply.

A pattern becomes a small graph, of which only what replies really touch is worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from types import MappingProxyType

from flows.replies.normalise import Tokens
from flows.replies.patterns import Entry, Part, Pattern, Span

Rest = tuple[Pattern, "Rest | Entry"]
"""What is left of a phrase: some parts, and what comes behind them."""

Heads = dict[str, list[Pattern]]
"""The words that a choice may begin with, and what is left of it behind each."""

# A longer choice is looked into once for all places where it stands, not opened at each.
MOST_OPENED = 12


class _Choices:
    """What the long choices of an index begin with."""

    def __init__(self, same: Mapping[str, str]) -> None:
        self.same = same
        # The choice is kept too, lest another take its place in memory.
        self._known: dict[int, tuple[Part, Heads, bool]] = {}

    def look_into(self, choice: Part) -> tuple[Heads, bool]:
        """Find what a choice begins with, and whether it may be left out."""
        if id(choice) not in self._known:
            heads: Heads = {}
            empty = [self._add(heads, p) for p in choice if isinstance(p, tuple)]
            self._known[id(choice)] = (choice, heads, any(empty))
        return self._known[id(choice)][1:]

    def _add(self, heads: Heads, pattern: Pattern) -> bool:
        for at, part in enumerate(pattern, start=1):
            rest = pattern[at:]
            known = self._words if isinstance(part[0], str) else self.look_into
            inner, empty = known(part)
            for token, ways in inner.items():
                heads.setdefault(token, []).extend((*left, *rest) for left in ways)
            if not empty:
                return False
        return True

    def _words(self, words: Part) -> tuple[Heads, bool]:
        for at, word in enumerate(words, start=1):
            if isinstance(word, str) and (usual := self.same.get(word, word)):
                return {usual: [(words[at:],) if words[at:] else ()]}, False
        return {}, True


class _State:
    """A place in the graph: what may come next, and what has been said when nothing does."""

    __slots__ = ("arcs", "choices", "entry", "long")

    def __init__(self, choices: _Choices) -> None:
        self.choices = choices
        self.arcs: dict[str, list[Rest] | _State] = {}
        self.long: list[tuple[Heads, Rest | Entry]] = []
        """What long choices may begin with here, and what comes behind them."""
        self.entry: Entry | None = None

    def after(self, token: str) -> _State | None:
        """Go one token on; where that leads is worked out when it is first needed."""
        known = self.arcs.get(token, [])
        if not isinstance(known, list):
            return known
        ways = [(left, then) for heads, then in self.long for left in heads.get(token, ())]
        if not ways and not known:
            return None
        state = _State(self.choices)
        for pattern, then in known + ways:
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

    def open(self, pattern: Pattern, then: Rest | Entry, most: float = MOST_OPENED) -> None:
        """Let some parts come next here, and then what comes behind them."""
        if pattern:
            self._open(pattern[0], pattern[1:], then, most)
        elif isinstance(then, tuple):
            self.open(*then, most)
        elif self.entry is None or then.rank < self.entry.rank:
            self.entry = then

    def _open(self, part: Part, rest: Pattern, then: Rest | Entry, most: float) -> None:
        first = part[0]
        if isinstance(first, tuple):
            self._choose(part, (rest, then) if rest else then, most)
            return
        left = (part[1:], *rest) if len(part) > 1 else rest
        if usual := self.choices.same.get(first, first):
            ways = self.arcs.setdefault(usual, [])
            if isinstance(ways, list):
                ways.append((left, then))
        else:
            self.open(left, then, most)

    def _choose(self, choice: Part, behind: Rest | Entry, most: float) -> None:
        if len(choice) <= most:
            for pattern in choice:
                if isinstance(pattern, tuple):
                    self.open(pattern, behind, most)
            return
        heads, omissible = self.choices.look_into(choice)
        self.long.append((heads, behind))
        if omissible:
            self.open((), behind, most)


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
        self._root = _State(_Choices(same))
        for pattern, entry in entries:
            self._root.open(pattern, entry, inf)

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
