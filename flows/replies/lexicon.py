"""What a reply in one language is compared with, put together at that language's first reply."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from flows.replies.index import Index
from flows.replies.lists import WordList, everywhere, lists
from flows.replies.normalise import Tokens
from flows.replies.patterns import Role, Span, words_of

# Whole-message roles in the order in which the first list that has a phrase gives it its role.
_OWN: tuple[tuple[str, Role], ...] = (
    ("stop_here", "stop"), ("doubt", "doubt"), ("no", "no"), ("no_objection", "yes"),
    ("yes", "yes"), ("start", "start"), ("help", "help"), ("polite", "polite"),
    ("polite_here", "polite"),
    ("yes_with", "with_yes"), ("no_with", "with_no"),
    ("negation", "negation"), ("condition", "condition"), ("sign_off", "sign_off"),
)  # fmt: skip
# What people of any language put around a stop word: courtesy, and their yes or no.
_COMPANY = ("polite", "sign_off", "stop_with", "no_with", "no", "no_objection", "yes")

# Courtesy with its last letter twice: "dankee", "thankss".
SHORTEST_DRAWN_OUT = 4


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything a reply in one language is compared with."""

    first: Index
    """The language's own words, which go before the English ones."""
    english: Index | None
    """The English words; `None` when they are the language's own."""
    misleading: frozenset[str]
    """English words that mean something else in this language."""
    stops: Index
    """Stop words of every language, for the whole message."""
    vocabulary: frozenset[str]
    """Every token of the language's own words, the English ones and the stop words."""
    drawn_out: frozenset[str]
    """Words that are an answer alone or courtesy: a doubled last letter is only emphasis."""

    @property
    def company(self) -> Index:
        """Words of every language that may stand beside a stop word."""
        return _company()

    @property
    def strangers(self) -> frozenset[str]:
        """Every token of that company."""
        return _strangers()

    def own(self, reply: Tokens, at: int) -> list[Span]:
        """Find the phrases of the language and of English at a position, the longest first."""
        found = self.first.at(reply, at)
        if self.english is None:
            return found
        taken = {span.end for span in found}
        borrowed = [
            span
            for span in self.english.at(reply, at)
            if span.end not in taken and not (span.end == at + 1 and reply[at] in self.misleading)
        ]
        if not borrowed:
            return found
        return sorted(found + borrowed, key=lambda span: span.end, reverse=True)


@cache
def _own(language: str) -> tuple[Index, frozenset[str]]:
    """Index a language's own words, with every token in them."""
    words = lists()[language]
    entries = (
        found
        for rank, (heading, role) in enumerate(_OWN)
        for found in words.under(heading, role, rank)
    )
    return Index(entries), _vocabulary(words, *(heading for heading, _ in _OWN))


def _vocabulary(words: WordList, *headings: str) -> frozenset[str]:
    return words_of(pattern for h in headings for pattern in words.patterns(h))


@cache
def _company() -> Index:
    """Index every language's company, for the first reply that its own words do not explain."""
    return Index(found for heading in _COMPANY for found in everywhere(heading, "foreign"))


@cache
def _strangers() -> frozenset[str]:
    return frozenset().union(*(_vocabulary(words, *_COMPANY) for words in lists().values()))


@cache
def _stops() -> tuple[Index, frozenset[str]]:
    """Index every language's stop words, with the tokens in them."""
    known = frozenset().union(*(_vocabulary(words, "stop") for words in lists().values()))
    return Index(everywhere("stop", "stop")), known


@cache
def _lexicon(language: str) -> Lexicon:
    stops, stop_words = _stops()
    first, vocabulary = _own(language)
    english, english_words = _own("en")
    misleading = lists()[language].words("not_here")
    borrowed = (_answers(english) | _courtesy("en")) - misleading
    return Lexicon(
        first, None if language == "en" else english, misleading, stops,
        vocabulary | english_words | stop_words,
        _answers(stops) | _answers(first) | _courtesy(language) | borrowed,
    )  # fmt: skip


def _answers(index: Index) -> frozenset[str]:
    return frozenset(
        token for token, entry in index.singles() if entry.role in ("yes", "no", "stop")
    )


def _courtesy(language: str) -> frozenset[str]:
    """Collect the words of a language's courtesy that are long enough to be known when drawn out.

    Shorter ones are other words with their last letter twice: the Dutch "the" and "thee".
    """
    words = _vocabulary(lists()[language], "polite", "polite_here")
    return frozenset(token for token in words if len(token) >= SHORTEST_DRAWN_OUT)


# A withdrawn code that old systems still send.
_OTHER_NAMES = {"in": "id"}


def language_of(tag: str) -> str:
    """Find the list for a language tag such as `pt-BR`; `en` when there is none."""
    primary = tag.replace("_", "-").partition("-")[0].casefold()
    known = _OTHER_NAMES.get(primary, primary)
    return known if known in lists() else "en"


def lexicon_for(tag: str) -> Lexicon:
    """Find what a reply in a language is compared with; never raises."""
    return _lexicon(language_of(tag))
