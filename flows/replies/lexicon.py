"""The word lists of `flows/words`, made ready for look-ups when the module is imported.

A list holds patterns: `(i|we) agree( to this|)` stands for four phrases. Every phrase is cut into
the same tokens as a reply, so spelling in a list is as free as in a reply.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple

from flows.replies.normalise import Tokens, tokens

Role = Literal[
    "stop", "no", "yes", "start", "help", "polite", "with_no", "doubt", "negation", "condition",
    "foreign", "unknown",
]  # fmt: skip

WORDS = Path(__file__).parent.parent / "words"

# Whole-message roles in the order in which the first list that has a phrase gives it its role.
_OWN: tuple[tuple[str, Role], ...] = (
    ("stop_here", "stop"), ("doubt", "doubt"), ("no", "no"), ("yes", "yes"), ("start", "start"),
    ("help", "help"), ("polite", "polite"), ("no_with", "with_no"),
    ("negation", "negation"), ("condition", "condition"),
)  # fmt: skip
# What people of any language put around a stop word: courtesy, and their yes or no.
_COMPANY = ("polite", "stop_with", "no_with", "no", "yes")

_SIGNS = re.compile(r"([(|)])")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase counts as, and the list it stands in."""

    role: Role
    words: str


class Span(NamedTuple):
    """A stretch of a reply that one entry explains."""

    role: Role
    words: str
    start: int
    end: int


class Index:
    """Phrases that can be found from any position of a reply, the longest first."""

    def __init__(self, entries: Iterable[tuple[Tokens, Entry]]) -> None:
        """Take phrases with their entries; the first entry of a phrase is the one that counts."""
        self.entries: dict[Tokens, Entry] = {}
        for phrase, entry in entries:
            self.entries.setdefault(phrase, entry)
        self.vocabulary = frozenset(chain.from_iterable(self.entries))
        """Every token that stands in a phrase."""
        lengths: dict[str, set[int]] = {}
        for phrase in self.entries:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        self.lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def at(self, reply: Tokens, at: int) -> list[Span]:
        """Find every phrase that begins at a position of a reply, the longest first."""
        return [
            Span(entry.role, entry.words, at, at + length)
            for length in self.lengths.get(reply[at], ())
            if at + length <= len(reply)
            and (entry := self.entries.get(reply[at : at + length])) is not None
        ]

    def longest(self, reply: Tokens, at: int) -> Span | None:
        """Find the longest phrase that begins at a position of a reply."""
        return next(iter(self.at(reply, at)), None)


@dataclass(frozen=True, slots=True)
class WordList:
    """One language's file, patterns written out."""

    language: str
    name: str
    phrases: dict[str, tuple[Tokens, ...]]

    def under(self, heading: str, role: Role) -> Iterator[tuple[Tokens, Entry]]:
        """List the phrases under a heading as entries of a role."""
        entry = Entry(role, self.name)
        return ((phrase, entry) for phrase in self.phrases.get(heading, ()))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything a reply in one language is compared with."""

    own: Index
    """The language's own words, then the English ones."""
    stops: Index
    """Stop words of every language, for the whole message."""
    company: Index
    """Words of every language that may stand beside a stop word."""
    vocabulary: frozenset[str]
    """Every token of the language's own words and of the stop words."""
    strangers: frozenset[str]
    """Every token of other languages' company."""
    answers: frozenset[str]
    """Words that are an answer alone, so that a doubled last letter is only emphasis."""


def written_out(pattern: str) -> Iterable[Tokens]:
    """Write out a pattern's choices: `(a|b) c` gives `a c` and `b c`."""
    return filter(None, _choices(iter(_SIGNS.split(pattern))))


def _choices(parts: Iterator[str]) -> list[Tokens]:
    """Write out what stands up to the closing bracket; a choice ends where a word does."""
    finished: list[Tokens] = []
    unfinished: list[Tokens] = [()]
    for part in parts:
        if part == ")":
            break
        if part == "|":
            finished += unfinished
            unfinished = [()]
            continue
        tails = _choices(parts) if part == "(" else [tokens(part)]
        unfinished = [head + tail for head in unfinished for tail in tails]
    return finished + unfinished


def _load(path: Path) -> WordList:
    content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    phrases = {
        heading: tuple(dict.fromkeys(p for pattern in patterns for p in written_out(pattern)))
        for heading, patterns in content.items()
        if isinstance(patterns, list) and heading != "sources"
    }
    language = content["language"]
    return WordList(language, f"{language}@{content['version']}", phrases)


LISTS = {words.language: words for words in map(_load, sorted(WORDS.glob("*.toml")))}


def everywhere(heading: str, role: Role) -> Iterator[tuple[Tokens, Entry]]:
    """List the phrases under a heading in every language."""
    return (found for words in LISTS.values() for found in words.under(heading, role))


def _own(words: WordList) -> Iterator[tuple[Tokens, Entry]]:
    english = LISTS["en"]
    for heading, role in _OWN:
        yield from words.under(heading, role)
    misleading = set(words.phrases.get("not_here", ()))
    for heading, role in _OWN:
        yield from (found for found in english.under(heading, role) if found[0] not in misleading)


_STOPS = Index(everywhere("stop", "stop"))
_COMPANIONS = Index(found for heading in _COMPANY for found in everywhere(heading, "foreign"))


@cache
def _lexicon(language: str) -> Lexicon:
    """Make a language's lexicon when it is first needed: most servers speak one or two."""
    own = Index(_own(LISTS[language]))
    answers = frozenset(
        phrase[0]
        for index in (own, _STOPS)
        for phrase, entry in index.entries.items()
        if len(phrase) == 1 and entry.role in ("yes", "no", "stop")
    )
    vocabulary = own.vocabulary | _STOPS.vocabulary
    return Lexicon(own, _STOPS, _COMPANIONS, vocabulary, _COMPANIONS.vocabulary, answers)


# A withdrawn code that old systems still send.
_OTHER_NAMES = {"in": "id"}


def lexicon_for(language: str) -> Lexicon:
    """Find the lexicon for a language tag such as `pt-BR`; English when there is none."""
    primary = language.replace("_", "-").partition("-")[0].casefold()
    known = _OTHER_NAMES.get(primary, primary)
    return _lexicon(known if known in LISTS else "en")
