"""The two values a reply is read between: what was heard, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Meaning = Literal["yes", "no", "stop", "start", "help", "unclear"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a contact sent, before anybody has read it."""

    text: str = ""
    """The body as received; for a document this is the file name."""
    payload: str | None = None
    """The id of the quick-reply button that was tapped."""
    button: str | None = None
    """The title of the quick-reply button that was tapped."""
    media: bool = False
    """A file, voice note, sticker, location or contact card came with the text or instead of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply means, and why: `rule` and `words` go into the evidence."""

    meaning: Meaning
    tap: bool
    """A tap on a button of ours, not typed text."""
    rule: str
    """The rule that decided, in words an auditor understands."""
    words: str
    """The word list that matched and its version, such as `en@1`; empty when no list decided."""
