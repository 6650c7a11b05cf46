"""An entry of the ledger as people read it: what happened, on what grounds, and what shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.console.words import (
    ENTRIES,
    FACTS,
    MEANINGS,
    PERSONAL,
    language_word,
    state_word,
    text_word,
)

ERASED = "Erased"
MISSING = "Missing"
UNREADABLE = "This entry is not in the form that entries are written in."


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an entry says. `quoted`: in somebody's own words."""

    label: str
    words: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Proved:
    """One entry. `states`: where the conversation went by it; empty when that cannot be read."""

    seq: int
    at: datetime
    word: str
    states: str
    facts: tuple[Fact, ...]
    previous: str
    hash: str


def proved(row: Row[Any]) -> Proved:
    """An entry in words. Whoever looks for what was changed must see even what cannot be read."""
    try:
        body, values = json.loads(row.body), row.personal and row.personal["values"]
        states, facts = _states(body), tuple(_facts(body, values))
    except (ValueError, KeyError, TypeError, AttributeError):
        states, facts = "", (Fact("Fault", UNREADABLE), Fact("As kept", row.body, quoted=True))
    word = entry_word(row.kind)
    return Proved(row.seq, row.at, word, states, facts, row.previous, row.hash)


def entry_word(kind: str) -> str:
    """What happened. A kind that the table does not have is called by its own name."""
    return ENTRIES.get(kind) or kind.replace(".", " ").replace("_", " ").capitalize()


def _states(body: dict[str, Any]) -> str:
    before, after = state_word(body["from"]).word, state_word(body["to"]).word
    return f"Stays “{after}”" if before == after else f"From “{before}” to “{after}”"


def _facts(body: dict[str, Any], values: dict[str, str] | None) -> Iterator[Fact]:
    for name, label in FACTS.items():
        if body.get(name) is not None:
            yield Fact(label, str(body[name]))
    by_agent = body.get("via") == "agent"
    for name, label in PERSONAL.items():
        if name in body["personal"]:
            yield _kept("How it reached you" if by_agent else label, name, values)
    if "read" in body:
        yield Fact("Read as", _reading(body["read"]))
    for shown in body.get("shown", ()):
        yield Fact("Shown", _shown(shown))
        yield _kept("It said", f"shown {shown['name']}", values)


def _kept(label: str, name: str, values: dict[str, str] | None) -> Fact:
    """A personal value, which may have been erased with the proof intact."""
    if values is None:
        return Fact(label, ERASED)
    return Fact(label, values[name], quoted=True) if name in values else Fact(label, MISSING)


def _shown(shown: dict[str, Any]) -> str:
    whose = "your own wording" if shown["own"] else "the default wording"
    language = language_word(shown["language"])
    return f"{text_word(shown['name']).word}, {language}, version {shown['version']} of {whose}"


def _reading(read: dict[str, Any]) -> str:
    meaning = MEANINGS.get(read["meaning"], read["meaning"])
    words = f", by the list {read['words']}" if read["words"] else ""
    return f"{meaning.capitalize()}, because of: {read['rule']}{words}"
