"""What the word lists leave to choose: no choice is empty that was not meant to be.

`(message|whatsapp|) me` may do without a verb because somebody wrote so. `(message|whatsapp) me`
may do so too as soon as "whatsapp" is a filler, which requests to stop are read without: then
"never again" is a request to stop for having been one beginning with "never whatsapp again".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pytest

from flows.replies import read
from flows.replies.lists import WordList, lists
from flows.replies.meaning import Heard
from flows.replies.patterns import Part, Pattern, parsed
from tests.flows.word_lists import LANGUAGES, choice_in

NO_GRAMMARS = {"sources", "filler", "same"}


class Choices:
    """Looks through patterns that may lack some words."""

    def __init__(self, lacking: Collection[str] = ()) -> None:
        self.lacking = lacking
        self._vanishing: dict[int, bool] = {}
        self._emptied: dict[int, list[Part]] = {}

    def vanishes(self, pattern: Pattern) -> bool:
        """Whether nothing may be left of a pattern: it would match what says nothing."""
        known = self._vanishing.get(id(pattern))
        if known is None:
            known = self._vanishing[id(pattern)] = all(map(self._part_vanishes, pattern))
        return known

    def emptied(self, pattern: Pattern) -> list[Part]:
        """The choices that may be left out only for lack of words, not because it is written so."""
        if id(pattern) not in self._emptied:
            self._emptied[id(pattern)] = []
            found = [one for part in pattern for one in self._emptied_in(choice_in(part))]
            self._emptied[id(pattern)] = found
        return self._emptied[id(pattern)]

    def _part_vanishes(self, part: Part) -> bool:
        choice = choice_in(part)
        return any(map(self.vanishes, choice)) if choice else set(part) <= set(self.lacking)

    def _emptied_in(self, choice: list[Pattern]) -> Iterable[Part]:
        meant = any(map(AS_WRITTEN.vanishes, choice))
        gone = [one for one in choice if self.vanishes(one) and not AS_WRITTEN.vanishes(one)]
        if gone and not meant:
            yield tuple(choice)
        for one in choice:
            if not (meant and one in gone):
                yield from self.emptied(one)


AS_WRITTEN = Choices()


def fillers(words: WordList) -> set[str]:
    return {word for word, usual in words.usual().items() if not usual}


def grammars(words: WordList) -> dict[str, tuple[Pattern, ...]]:
    """The patterns under each heading that has any."""
    headings = [name for name, texts in words.content.items() if isinstance(texts, list)]
    return {name: words.patterns(name) for name in headings if name not in NO_GRAMMARS}


def left_empty_twice(patterns: Iterable[Pattern], seen: set[int]) -> Iterable[Part]:
    """Choices with two alternatives of nothing: one of them has lost its words."""
    for part in (part for pattern in patterns for part in pattern):
        choice = choice_in(part)
        if choice and id(part) not in seen:
            seen.add(id(part))
            if choice.count(()) > 1:
                yield part
            yield from left_empty_twice(choice, seen)


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryList:
    def test_nothing_said_is_never_an_answer(self, language: str) -> None:
        found = {
            heading: [pattern for pattern in patterns if AS_WRITTEN.vanishes(pattern)]
            for heading, patterns in grammars(lists()[language]).items()
        }
        assert {heading: empty for heading, empty in found.items() if empty} == {}

    def test_no_request_to_stop_is_made_of_fillers(self, language: str) -> None:
        words = lists()[language]
        without = Choices(fillers(words))
        assert list(filter(without.vanishes, words.patterns("stop_phrases"))) == []

    def test_fillers_empty_no_choice_of_a_request_to_stop(self, language: str) -> None:
        words = lists()[language]
        without = Choices(fillers(words))
        found = [one for text in words.patterns("stop_phrases") for one in without.emptied(text)]
        assert found == []

    def test_no_choice_is_left_empty_twice(self, language: str) -> None:
        seen: set[int] = set()
        found = {
            heading: list(left_empty_twice(patterns, seen))
            for heading, patterns in grammars(lists()[language]).items()
        }
        assert {heading: choices for heading, choices in found.items() if choices} == {}


@pytest.mark.parametrize(
    ("written", "emptied"),
    [
        ("dont (text|whatsapp) again", 1),
        ("dont (text|whatsapp|) again", 0),
        ("dont ((text|whatsapp) |)again", 0),
        ("dont (text|((all|whatsapp)|call) (all|)) again", 3),
        ("dont (text|call) again", 0),
    ],
)
def test_an_emptied_choice_is_found(written: str, emptied: int) -> None:
    [pattern] = parsed(written, lambda name: ())
    assert len(Choices({"whatsapp", "all"}).emptied(pattern)) == emptied


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Never again will I forget my appointment, thank you", "unclear"),
        ("I dont anymore have that policy", "unclear"),
        ("never more", "unclear"),
        ("Never WhatsApp me again", "stop"),
        ("please do not whatsapp anymore", "stop"),
        ("who gave you my number? delete it and dont whatsapp again", "stop"),
        ("dont whatsapp my phone", "stop"),
    ],
)
def test_a_verb_that_is_a_filler_too_is_heard_only_where_it_stands(text: str, meaning: str) -> None:
    assert read(Heard(text), "en").meaning == meaning
