"""The word lists of `flows/words`, read when the first reply needs them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flows.replies.normalise import tokens
from flows.replies.patterns import Entry, Pattern, Role, parsed

WORDS = Path(__file__).parent.parent / "words"

Entries = Iterator[tuple[Pattern, Entry]]


@dataclass(frozen=True, slots=True)
class WordList:
    """One language's file. `name` holds its version and goes into the evidence: `en@1`."""

    language: str
    name: str
    content: dict[str, Any]
    _parsed: dict[str, tuple[Pattern, ...]] = field(default_factory=dict)
    _parts: dict[str, tuple[Pattern, ...]] = field(default_factory=dict)

    def patterns(self, heading: str) -> tuple[Pattern, ...]:
        """List the patterns under a heading; none when the file has no such heading."""
        if heading not in self._parsed:
            texts = self.content.get(heading, ())
            found = (pattern for text in texts for pattern in parsed(text, self.part))
            self._parsed[heading] = tuple(found)
        return self._parsed[heading]

    def part(self, name: str) -> tuple[Pattern, ...]:
        """Find what `{name}` stands for in this file's patterns. Raises `KeyError`: nothing."""
        if name not in self._parts:
            self._parts[name] = parsed(self.content["parts"][name], self.part)
        return self._parts[name]

    def words(self, heading: str) -> frozenset[str]:
        """List the single words under a heading that holds no patterns."""
        return frozenset(tokens(text)[0] for text in self.content.get(heading, ()))

    def usual(self) -> dict[str, str]:
        """Map other spellings under `same` to their word, and fillers to nothing."""
        usual = dict.fromkeys(self.words("filler"), "")
        for line in self.content.get("same", ()):
            word, _, spellings = line.partition(":")
            usual |= dict.fromkeys(tokens(spellings), tokens(word)[0])
        return usual

    def under(self, heading: str, role: Role, rank: int = 0) -> Entries:
        """List the patterns under a heading as entries of a role."""
        entry = Entry(role, self.name, rank)
        return ((pattern, entry) for pattern in self.patterns(heading))


@cache
def lists() -> dict[str, WordList]:
    """Read every language's file; a process that hears nobody never does."""
    return {words.language: words for words in map(_load, sorted(WORDS.glob("*.toml")))}


def _load(path: Path) -> WordList:
    content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return WordList(content["language"], f"{content['language']}@{content['version']}", content)


def everywhere(heading: str, role: Role) -> Entries:
    """List the patterns under a heading in every language."""
    return (found for words in lists().values() for found in words.under(heading, role))
