"""Texts for a person, in their language: the organization's own wording, else ours."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import flows
from bot.people.languages import wider

FALLBACK = "en"
TEXTS = Path(flows.__file__).parent / "texts"
PLACE = re.compile(r"\{(\w+)\}")
"""Where a name is filled in. Nothing else is read into braces, whoever wrote the text."""

Reader = Literal["contact", "agent"]


class OwnText(NamedTuple):
    """A text that an organization put in place of ours, and its version there."""

    text: str
    version: int


@dataclass(frozen=True, eq=False, slots=True)
class OwnWording:
    """The own texts of an organization, by language and name. It never changes; each is itself."""

    texts: Mapping[tuple[str, str], OwnText]


NONE = OwnWording({})


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as somebody reads it, and which version of which list it was taken from.

    `own`: of the organization's own texts, whose versions are counted in the organization.
    """

    text: str
    language: str
    version: int
    own: bool = False


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Our own texts: by language the version, who reviewed it, and the texts for each reader."""
    files = sorted(TEXTS.glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


def reader_of(name: str) -> Reader:
    """Who reads the text of that name. Raises `KeyError` if there is no such."""
    ours = texts()[FALLBACK]
    if name in ours["contact"]:
        return "contact"
    ours["agent"][name]
    return "agent"


@lru_cache(maxsize=4096)
def word(name: str, reader: Reader, language: str, own: OwnWording = NONE, **names: str) -> Wording:
    """Put the text called `name` into words for a reader. Raises `KeyError` if there is no such."""
    chosen = unfilled(name, reader, language, own)
    return Wording(fill(chosen.text, **names), chosen.language, chosen.version, chosen.own)


def unfilled(name: str, reader: Reader, language: str, own: OwnWording = NONE) -> Wording:
    """The same with its places empty. Raises `KeyError`."""
    for tag in (*wider(language), FALLBACK):
        if theirs := own.texts.get((tag, name)):
            return Wording(theirs.text, tag, theirs.version, own=True)
        ours = texts().get(tag)
        if ours and name in ours[reader]:
            return Wording(ours[reader][name], tag, ours["version"])
    raise KeyError(name)


def fill(text: str, **names: str) -> str:
    """Put names into their places; a place without a name stays as it is."""
    return PLACE.sub(lambda place: names.get(place[1], place[0]), text)
