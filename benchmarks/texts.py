"""The replies that every reader reads, and the phrases of our lists for those who learn them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from flows.replies.lists import lists
from flows.replies.normalise import END, PAUSE, Tokens, tokens
from tests.flows.word_lists import written_out

TEXTS = Path(__file__).parents[1] / "tests" / "flows" / "unseen"
# By several writers who had seen neither our lists nor each other's texts; our lists were measured
# by them before they were mended by them. The others are by writers of the lists or grew with them.
SETS = ("ninth", "tenth", "eleventh", "twelfth", "thirteenth")
# Where a phrase of our lists stands, and what it says to whoever learns it.
HEADINGS = {
    "yes": "yes", "no_objection": "yes", "no": "no", "start": "start", "help": "help",
    "stop": "stop", "stop_here": "stop", "stop_phrases": "stop", "stop_sentence": "stop",
    "doubt": "unclear", "polite": "unclear", "condition": "unclear", "negation": "unclear",
    "yes_with": "unclear", "no_with": "unclear",
}  # fmt: skip
_BETWEEN_CHARACTERS = re.compile(r"(?<=[\u3005-\u9fff]) (?=[\u3005-\u9fff])")


Line = dict[str, str | int | list[str]]


class Text(NamedTuple):
    """A reply of the sets in `tests/flows/unseen`, and under what it stands there."""

    language: str
    meant: str
    text: str

    @property
    def half(self) -> int:
        """Which half it belongs to, 0 or 1; the same words in two sets belong to one."""
        return crc32(f"{self.language} {cut(self.text)}".encode()) & 1


def all_texts() -> list[Text]:
    """Read the sets in every language."""
    return [
        Text(path.stem, meant, text)
        for name in SETS
        for path in sorted((TEXTS / name).glob("*.toml"))
        for meant, texts in tomllib.loads(path.read_text(encoding="utf-8")).items()
        for text in texts
    ]


def as_lines(texts: Sequence[Text], taught: bool = True) -> Iterator[Line]:
    """What a reader is given (`benchmarks/readers/wire.py`): our phrases, then the replies."""
    if taught:
        yield from _phrases()
    for language, _, text in texts:
        yield {"language": language, "text": text, "words": cut(text)}


@cache
def _phrases() -> tuple[Line, ...]:
    return tuple(_every_phrase())


def _every_phrase() -> Iterator[Line]:
    misled = {language: words.words("not_here") for language, words in lists().items()}
    for language, words in lists().items():
        for heading, meaning in HEADINGS.items():
            for pattern in words.patterns(heading):
                found = {_joined(phrase) for phrase in written_out(pattern) if phrase}
                for rank, phrase in enumerate(sorted(found, key=_shuffled)):
                    yield {
                        "language": language, "learn": meaning, "rank": rank, "words": phrase,
                        "not_in": [other for other, taken in misled.items() if phrase in taken],
                    }  # fmt: skip


def cut(text: str) -> str:
    """Cut a text as our reader does, without pauses and ends: in favour of those who learn."""
    return _joined(tokens(text))


def _joined(words: Tokens) -> str:
    said = " ".join(word for word in words if word not in (PAUSE, END))
    return _BETWEEN_CHARACTERS.sub("", said)


def _shuffled(phrase: str) -> int:
    return crc32(phrase.encode())
