"""Every phrase of the word lists, patterns written out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product

from flows.replies.lists import lists
from flows.replies.normalise import Tokens
from flows.replies.patterns import Pattern

LANGUAGES = sorted(lists())


@cache
def phrases(language: str, heading: str) -> frozenset[Tokens]:
    """Write out what stands under a heading of a language's list."""
    return frozenset(_written_out(lists()[language].patterns(heading))) - {()}


def _written_out(patterns: Iterable[Pattern]) -> Iterator[Tokens]:
    for pattern in patterns:
        choices = [
            list(_written_out(p for p in part if isinstance(p, tuple)))
            if isinstance(part[0], tuple)
            else [part]
            for part in pattern
        ]
        for chosen in product(*choices):
            yield tuple(token for some in chosen for token in some if isinstance(token, str))
