"""A conversation's lines as agents see them: day by day, with what became of each message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from bot.console.moments import Moments
from bot.console.words import StatusWord, status_word
from bot.conversations.timeline import Line

ATTACHED = {"image": "Picture", "audio": "Sound", "video": "Film", "location": "Place"}


@dataclass(frozen=True, slots=True)
class Attached:
    """Something that was sent along. `ours`: we keep it; `shown`: it is a picture of ours.

    `gone`: it was ours, and is no longer kept.
    """

    word: str
    url: str
    ours: bool = False
    shown: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Bubble:
    """One line. `day` stands above the first of each day."""

    seq: int
    kind: str
    code: str
    text: str
    at: datetime
    day: str | None
    fate: StatusWord | None
    attached: tuple[Attached, ...]


def bubbles(lines: Iterable[Line], moments: Moments) -> list[Bubble]:
    """Lines of a timeline as they are shown."""
    shown: list[Bubble] = []
    last = None
    for line in lines:
        day = moments.day(line.at)
        shown.append(_bubble(line, day if day != last else None))
        last = day
    return shown


def _bubble(line: Line, day: str | None) -> Bubble:
    ours = line.kind == "out" and line.status is not None
    fate = status_word(line.status or "", line.error) if ours else None
    attached = tuple(_attached(one) for one in line.media or ())
    return Bubble(line.seq, line.kind, line.code, line.text, line.at, day, fate, attached)


def _attached(one: dict[str, Any]) -> Attached:
    kind, url = one.get("type", ""), one.get("url", "")
    word = ATTACHED.get(kind.partition("/")[0], "File")
    if not one.get("kept", True):
        return Attached(one.get("name") or word, "", gone=True)
    if "attachment" in one:
        url = url_for("console.attachment", attachment_id=one["attachment"])
        return Attached(one.get("name") or word, url, True, kind.startswith("image/"))
    # A `geo:` address opens a map; anything but these two is shown, and leads nowhere.
    return Attached(
        f"{word} ({kind})" if "/" in kind else word,
        url if url.startswith(("https://", "geo:")) else "",
    )
