"""Every phrase of the word lists, patterns written out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from math import prod
from random import Random

from flows.replies.index import Index
from flows.replies.lists import lists
from flows.replies.normalise import Tokens
from flows.replies.patterns import Part, Pattern

LANGUAGES = sorted(lists())
# Of a pattern that stands for more phrases some are drawn, the same in every run.
MOST = 300
DRAWN = 100


@cache
def phrases(language: str, heading: str) -> frozenset[Tokens]:
    """Write out what stands under a heading of a language's list, of large patterns a part."""
    patterns = lists()[language].patterns(heading)
    return frozenset(phrase for pattern in patterns for phrase in written_out(pattern)) - {()}


@cache
def index(language: str, *headings: str) -> Index:
    """Index all that stands under some headings, of large patterns too."""
    words = lists()[language]
    return Index(found for heading in headings for found in words.under(heading, "unknown"))


def written_out(pattern: Pattern) -> Iterator[Tokens]:
    """Write out a pattern's phrases, or draw some of very many."""
    if _count([pattern]) <= MOST:
        return _written_out([pattern])
    dice = Random(MOST)
    return (_drawn(pattern, dice) for _ in range(DRAWN))


def choice_in(part: Part) -> list[Pattern]:
    """List what a part leaves to choose; nothing when it is words."""
    return [pattern for pattern in part if isinstance(pattern, tuple)]


def _count(patterns: Iterable[Pattern]) -> int:
    return sum(prod(_count(choice_in(part)) or 1 for part in pattern) for pattern in patterns)


def _drawn(pattern: Pattern, dice: Random) -> Tokens:
    found: list[str] = []
    for part in pattern:
        choice = choice_in(part)
        found += _drawn(dice.choice(choice), dice) if choice else _words(part)
    return tuple(found)


def _words(part: Part) -> Tokens:
    return tuple(token for token in part if isinstance(token, str))


def _written_out(patterns: Iterable[Pattern]) -> Iterator[Tokens]:
    for pattern in patterns:
        choices = [list(_written_out(choice_in(part))) or [_words(part)] for part in pattern]
        for chosen in product(*choices):
            yield tuple(token for words in chosen for token in words)
