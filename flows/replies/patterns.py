"""Patterns of words, matched part by part rather than written out.

`(i|we) agree( to this|)` stands for four phrases, and `{they_may} write` for as many as the list's
part `they_may` has. Written out they would cost every process seconds; see `index.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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


def words_of(patterns: Iterable[Pattern]) -> frozenset[str]:
    """Collect every token that stands in some patterns."""
    words: set[str] = set()
    # Whatever names a part holds the same one, which need be looked into once.
    seen: set[int] = set()
    left = list(patterns)
    while left:
        for part in left.pop():
            if isinstance(part[0], str):
                words.update(token for token in part if isinstance(token, str))
            elif id(part) not in seen:
                seen.add(id(part))
                left += (pattern for pattern in part if isinstance(pattern, tuple))
    return frozenset(words)
