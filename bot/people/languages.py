"""Language tags, as BCP 47 spells them."""

from __future__ import annotations

import re

from bot.people.mistakes import Mistake

TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?", re.ASCII)


def read_language(text: str) -> str:
    """Read a language tag: `pt_br` becomes `pt-BR`. Raises `Mistake` when it is none."""
    found = TAG.fullmatch(text.strip())
    if not found:
        raise Mistake(f"{text!r} is not a language. Use a tag like en, de or pt-BR.")
    language, script, region = found.groups()
    parts = (language.lower(), script and script.title(), region and region.upper())
    return "-".join(part for part in parts if part)
