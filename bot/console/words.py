"""What agents read, from one table: `words.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.people.languages import nearest
from bot.people.search import WROTE_FIRST


@dataclass(frozen=True, slots=True)
class StateWord:
    """A state as agents see it.

    `begins`: nobody was asked yet, so the icon leads to the prompt. `offers_sms`: an SMS is worth
    asking about.
    """

    name: str
    word: str
    tone: str
    icon: str
    hint: str
    chip: bool = False
    offers_sms: bool = False
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something cannot be done. `final`: nothing that an agent does changes it."""

    says: str
    hint: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class StatusWord:
    """What became of a message. `doubtful`: a person must decide; `lost`: it will not arrive."""

    tick: str
    word: str
    doubtful: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class TextWord:
    """What a text is called, and when it is read."""

    word: str
    when: str


def _table() -> dict[str, Any]:
    path = Path(__file__).parent / "words.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


_WORDS = _table()

STATES = {name: StateWord(name, **given) for name, given in _WORDS["states"].items()}
REASONS = {name: Reason(**given) for name, given in _WORDS["reasons"].items()}
STATUSES = {name: StatusWord(**given) for name, given in _WORDS["statuses"].items()}
BASES: dict[str, str] = _WORDS["bases"]
LANGUAGES: dict[str, str] = _WORDS["languages"]
ENTRIES: dict[str, str] = _WORDS["entries"]
FACTS: dict[str, str] = _WORDS["facts"]
PERSONAL: dict[str, str] = _WORDS["personal"]
MEANINGS: dict[str, str] = _WORDS["meanings"]
TEXTS = {name: TextWord(**given) for name, given in _WORDS["texts"].items()}


def state_word(name: str, channel: str = "whatsapp") -> StateWord:
    """A state in words. One that the table does not have is shown by its own name."""
    plain = StateWord(name, name.replace("_", " ").capitalize(), "plain", "dot", "")
    found = STATES.get(name, plain)
    return found if channel == "whatsapp" else replace(found, offers_sms=False)


def chips(strangers: str, chosen: str) -> list[StateWord]:
    """What contacts can be filtered by; by who wrote first where such `strangers` are kept."""
    hidden = () if strangers == "keep" or chosen == WROTE_FIRST else (WROTE_FIRST,)
    return [state for state in STATES.values() if state.chip and state.name not in hidden]


def reason_word(code: str) -> Reason:
    """A reason in words."""
    return REASONS.get(code) or Reason(code.replace("_", " ").capitalize() + ".")


def status_word(status: str, error: str | None = None) -> StatusWord:
    """What became of a message, with the reason if there is one."""
    found = STATUSES.get(status) or StatusWord("clock", status.capitalize())
    return replace(found, word=f"{found.word}: {error}") if error else found


def approval_word(status: str) -> str:
    """What WhatsApp says of a template."""
    found: str = _WORDS["approvals"].get(status, status.capitalize() or "Approval unknown")
    return found


def text_word(name: str) -> TextWord:
    """What a text is for. One that the table does not have is called by its own name."""
    return TEXTS.get(name) or TextWord(name.replace("_", " ").capitalize(), "")


def language_word(tag: str) -> str:
    """A language in English, and its tag."""
    known: dict[str, str] = _WORDS["languages"]
    found = nearest(tag, known)
    name = known[found] if found else None
    return f"{name} ({tag})" if name else tag
