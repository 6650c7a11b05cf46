"""A word of a stop phrase with one slip of the thumb in it: `stpo textng meeee`.

Looked for only when nothing else explains a message, in words that no list knows, and only among
the words of the contact's language and English. A phrase still has to stand there word by word, so
only three slips are believed: two letters swapped, one doubled, or one left out in a word of six
letters or more, but for the first and the last: a wrong end is grammar. A run of one letter is cut
down. What looks like a slip but is a word of its own stands under `no_slip` in the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from flows.replies.answers import explain
from flows.replies.lexicon import Lexicon, language_of
from flows.replies.lists import WordList, lists
from flows.replies.meaning import Reading
from flows.replies.normalise import Tokens
from flows.replies.patterns import words_of
from flows.replies.stops import LONGEST, hear_loud_stop

SHORTEST = 4
SHORTEST_LEFT_OUT = 6
_HEADINGS = ("stop_phrases", "stop_sentence", "reversed_by", "limited_by", "negation", "condition")
_RUN = re.compile(r"([^\W\d_])\1{2,}")


def hear_slipped_stop(said: Tokens, lexicon: Lexicon, language: str, length: int) -> Reading | None:
    """Read a message as a stop when a phrase is one once its slips are put right."""
    if length > LONGEST:
        return None
    words = _words(language_of(language))
    mended = tuple(_mended(token, words, lexicon) for token in said)
    if mended == said:
        return None
    stop = hear_loud_stop(mended, explain(mended, lexicon, ()))
    return Reading("stop", False, "misspelt stop phrase", stop.words) if stop else None


class _Words:
    """The words in which a slip is believed, and the longer ones without one letter."""

    def __init__(self, own: Iterable[WordList]) -> None:
        spoken = list(own)
        self.known = frozenset().union(*(_spoken(words) for words in spoken))
        meant = frozenset().union(*(_meant(words) for words in spoken))
        self.meant = {word for word in meant if len(word) >= SHORTEST and word.isalpha()}
        self.gaps: dict[str, str] = {}
        for word in sorted(self.meant):
            if len(word) >= SHORTEST_LEFT_OUT:
                self.gaps |= dict.fromkeys(_gapped(word), word)


@cache
def _words(language: str) -> _Words:
    return _Words(lists()[each] for each in {language, "en"})


def _meant(words: WordList) -> frozenset[str]:
    """Collect the words that make a stop; a slip in what only turns it round is no matter."""
    return words_of(pattern for h in _HEADINGS[:2] for pattern in words.patterns(h))


def _spoken(words: WordList) -> frozenset[str]:
    """Collect what is no slip: the words around a stop, and those that only look like one."""
    around = words_of(pattern for h in _HEADINGS for pattern in words.patterns(h))
    return around | words.words("no_slip") | frozenset(words.usual())


def _mended(token: str, words: _Words, lexicon: Lexicon) -> str:
    if token in words.known:
        return token
    if _RUN.search(token):
        forms = (_RUN.sub(r"\1\1", token), _RUN.sub(r"\1", token))
        return next((form for form in forms if form in words.known), token)
    if len(token) < SHORTEST or token in lexicon.strangers:
        return token
    # A list may hold "sotp" alone, which is a slip in a phrase still.
    if token in lexicon.vocabulary and not lexicon.stops.holds((token,)):
        return token
    return next(_nearest(token, words), token)


def _nearest(token: str, words: _Words) -> Iterator[str]:
    """Find the words one believable slip away, whose ends are right: a wrong end is grammar."""
    yield from (swapped for swapped in _swapped(token) if swapped in words.meant)
    yield from (single for single in _undoubled(token) if single in words.meant)
    if token in words.gaps:
        yield words.gaps[token]


def _swapped(word: str) -> Iterator[str]:
    for at in range(len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _undoubled(word: str) -> Iterator[str]:
    for at in range(1, len(word)):
        if word[at] == word[at - 1]:
            yield word[:at] + word[at + 1 :]


def _gapped(word: str) -> Iterator[str]:
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1 :]
