"""What a reader is given and what it gives back: JSON, a line each.

A line with `learn` is a phrase of our lists: what it means, in which language, its `rank` among
those of its pattern, and the languages in which it means something else (`not_in`). Every other
line is a reply, as `text` was written and as our reader cuts it (`words`). Each reply is answered,
in their order, with how much speaks for what it may mean.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

MEANINGS = ("stop", "no", "unclear", "help", "start", "yes")
"""In this order, the first of several that have as much for them counts."""

Scores = dict[str, float]


class Phrase(NamedTuple):
    """A phrase of our lists and what it means."""

    language: str
    meaning: str
    rank: int
    words: str
    not_in: list[str]


class Reply(NamedTuple):
    """A reply to be read."""

    language: str
    text: str
    words: str


Reads = Callable[[list[Phrase], list[Reply]], Iterator[Scores]]
"""Reads replies of one language, with the phrases of that language and of English."""


def serve(reads: Reads) -> None:
    """Read everything on standard input, language by language, and answer on standard output."""
    phrases, replies = _given()
    answers: dict[int, Scores] = {}
    for language in dict.fromkeys(reply.language for reply in replies):
        learnt = [phrase for phrase in phrases if _counts(phrase, language)]
        places = [at for at, reply in enumerate(replies) if reply.language == language]
        scores = reads(learnt, [replies[at] for at in places])
        answers.update(zip(places, scores, strict=True))
    for at in range(len(replies)):
        print(json.dumps(answers[at]))


def _counts(phrase: Phrase, language: str) -> bool:
    return phrase.language == language or (
        phrase.language == "en" and language not in phrase.not_in
    )


def _given() -> tuple[list[Phrase], list[Reply]]:
    phrases: list[Phrase] = []
    replies: list[Reply] = []
    for line in sys.stdin:
        said = json.loads(line)
        if "learn" in said:
            said["meaning"] = said.pop("learn")
            phrases.append(Phrase(**said))
        else:
            replies.append(Reply(**said))
    return phrases, replies
