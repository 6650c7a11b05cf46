"""Texts for a person, in their language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import flows
from bot.people.languages import nearest

FALLBACK = "en"
TEXTS = Path(flows.__file__).parent / "texts"

Reader = Literal["contact", "agent"]


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as somebody reads it, and which version of which list it was taken from."""

    text: str
    language: str
    version: int


@cache
def _texts() -> dict[str, dict[str, Any]]:
    files = sorted(TEXTS.glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


@lru_cache(maxsize=4096)
def word(name: str, reader: Reader, language: str, **names: str) -> Wording:
    """Put the text called `name` into words for a reader. Raises `KeyError` if there is no such."""
    texts = _texts()
    tag = nearest(language, texts) or FALLBACK
    if name not in texts[tag][reader]:
        tag = FALLBACK
    chosen = texts[tag]
    return Wording(chosen[reader][name].format_map(names), tag, chosen["version"])
