"""Hearing a STOP, in any language, whatever else the message says.

A stop is heard in three ways: the whole message is a stop word with courtesy around it; an
unmistakable phrase stands anywhere in a message of limited length; one clause of it is nothing but
a strong stop word. Rules: 47 CFR 64.1200(a)(10) (any reasonable wording counts), and rules 3,
4 and 10 of section 6.3 of the reply study. A false stop is seen and mended, a missed one is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from flows.replies.index import Index
from flows.replies.lists import WordList, everywhere, lists
from flows.replies.meaning import Reading
from flows.replies.normalise import PUNCTUATION, Tokens, is_word
from flows.replies.patterns import Entry, Pattern, Span

# Two SMS segments: a request to stop may be rude and long, but a story that mentions one is longer.
LONGEST = 320
# No phrase that turns a stop round is longer, in tokens.
REACH = 12
_COMPANY = frozenset({"yes", "no", "help", "polite", "with_no", "foreign"})


class Phrases:
    """One language's unmistakable phrases, with what turns them round or limits them."""

    def __init__(self, words: WordList) -> None:
        self.usual = words.usual()
        self.index = Index(words.under("stop_phrases", "stop"), self.usual)
        self.limiting = Index(words.under("limited_by", "condition"))
        self.reversing = Index(map(_backwards, words.under("reversed_by", "condition")))
        self.stops = Index(found for h in ("stop", "stop_here") for found in words.under(h, "stop"))

    def core(self, reply: Tokens) -> Tokens:
        """Leave out what changes nothing and spell the rest as usual: `stop these damn msgs`."""
        usual = self.usual
        return tuple(word for token in reply if (word := usual.get(token, token)))

    def find(self, reply: Tokens) -> Span | None:
        """Find a phrase that nothing turns round or limits."""
        reply = self.core(reply)
        for at in range(len(reply)):
            found = self.index.longest(reply, at)
            if found and not self.turned_round(reply, at) and not self._limited(reply, found.end):
                return found
        return None

    def turned_round(self, reply: Tokens, at: int) -> bool:
        """Tell whether the words right before a position turn round what follows: `don't`."""
        before = reply[max(0, at - REACH) : at][::-1]
        return bool(before) and self.reversing.longest(before, 0) is not None

    def _limited(self, reply: Tokens, end: int) -> bool:
        return end < len(reply) and self.limiting.longest(reply, end) is not None


def _backwards(found: tuple[Pattern, Entry]) -> tuple[Pattern, Entry]:
    return _reversed(found[0]), found[1]


def _reversed(pattern: Pattern) -> Pattern:
    return tuple(
        tuple(_reversed(p) for p in part) if isinstance(part[0], tuple) else part[::-1]
        for part in pattern[::-1]
    )


@cache
def phrases() -> dict[str, Phrases]:
    """Each language's own: the Spanish "no" must not disarm an English "no stop texting me"."""
    return {words.name: Phrases(words) for words in lists().values()}


@cache
def _beginnings() -> frozenset[str]:
    """Collect every token with which some language's phrase may begin, however it is spelt."""
    firsts = frozenset(first for own in phrases().values() for first in own.index.beginnings)
    spellings = (own.usual.items() for own in phrases().values())
    return firsts | {said for some in spellings for said, usual in some if usual in firsts}


@cache
def _strong() -> Index:
    return Index(everywhere("stop_sentence", "stop"))


@cache
def _coded() -> Index:
    """Index strong stop words with the codes that operators name, everyday words in a clause."""
    return Index(found for h in ("stop_sentence", "stop_code") for found in everywhere(h, "stop"))


@cache
def _turns() -> frozenset[str]:
    return frozenset().union(*(words.words("but") for words in lists().values()))


def hear_stop(reply: Tokens, spans: Sequence[Span], length: int) -> Reading | None:
    """Read a reply as a stop, or say with `None` that it is none."""
    stop = _whole_message(reply, spans)
    if stop:
        return Reading("stop", False, "stop word", stop.words)
    if length > LONGEST:
        return None
    stop = _phrase(reply)
    if stop:
        return Reading("stop", False, "stop phrase", stop.words)
    stop = _sentence(reply, spans)
    return Reading("stop", False, "stop sentence", stop.words) if stop else None


def hear_loud_stop(reply: Tokens, spans: Sequence[Span]) -> Span | None:
    """Find what is a stop in any surroundings: a phrase, or a clause that is a strong stop word."""
    return _phrase(reply) or _sentence(reply, spans)


def hear_strong_stop(reply: Tokens, spans: Sequence[Span]) -> Reading | None:
    """Read a reply as a stop when it is a strong stop word with courtesy, and nothing else."""
    stop = _whole_message(reply, spans)
    if stop and _coded().longest(reply, stop.start):
        return Reading("stop", False, "stop word", stop.words)
    return None


def _whole_message(reply: Tokens, spans: Sequence[Span]) -> Span | None:
    """Find the stop word of a message in which everything else is courtesy, a yes or a no."""
    found, strangely = None, False
    for span in spans:
        if span.role == "stop" and not _turned_round(reply, span):
            found = found or span
        elif span.role not in _COMPANY and _speaks(reply, span):
            if span.role != "with_yes" and not reply[span.start].isdecimal():
                return None
            strangely = True
    # "STOP 12345" names a code or a list, "stop, no problem" takes a permission back; "para 2" is
    # a table for two, and "leave it, no problem" no wish at all.
    if strangely and found and not _coded().longest(reply, found.start):
        return None
    return found


def _speaks(reply: Tokens, span: Span) -> bool:
    """Tell what says something from punctuation and symbols, which a stop survives."""
    return any(is_word(token) for token in reply[span.start : span.end])


def _turned_round(reply: Tokens, span: Span) -> bool:
    """Ask every language that has the stop word: one that is a stop in several is undone in any."""
    said = reply[span.start : span.end]
    return any(
        found.turned_round(reply, span.start)
        for found in phrases().values()
        if found.stops.holds(said)
    )


def _phrase(reply: Tokens) -> Span | None:
    if _beginnings().isdisjoint(reply):
        return None
    found = (own.find(reply) for own in phrases().values())
    return next((span for span in found if span), None)


def _sentence(reply: Tokens, spans: Sequence[Span]) -> Span | None:
    for sentence in _sentences(reply, spans):
        found = _whole_message(reply, sentence)
        if found and _strong().longest(reply, found.start):
            return found
    return None


def _sentences(reply: Tokens, spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Cut a reply at its punctuation and where it turns: `yes, but stop`."""
    cuts = PUNCTUATION | _turns()
    sentence: list[Span] = []
    for span in spans:
        said = reply[span.start]
        if said in cuts and span.end == span.start + 1:
            # The Dutch "maar" may only soften: "Stop de bon maar in de doos".
            if said in PUNCTUATION or all(span.role != "foreign" for span in sentence):
                yield sentence
            sentence = []
        elif span.role == "unknown" and not is_word(said):
            # People cut their sentences with faces too: "great, more ads 🙄 stop".
            yield sentence
            sentence = []
        else:
            sentence.append(span)
    yield sentence
