"""What a text costs as an SMS, in words."""

from __future__ import annotations

import json

from bot.messaging.segments import BASIC, EXTENSION, ROOM, measure

WORDS = {
    "nothing": (
        "One SMS holds 160 characters, or 70 with an emoji or another special sign. "
        "Longer texts are sent and billed in parts."
    ),
    "one": "Sent as one SMS.",
    "many": "Sent as {parts} SMS parts.",
    "dear": "Sent as {parts} SMS parts: {signs} leaves room for 67 characters in each, not 153.",
}
NAMED = 5
"""How many of the signs that make a text dear are named."""

RULES = json.dumps(
    {
        "basic": "".join(sorted(BASIC)),
        "extension": "".join(sorted(EXTENSION)),
        "room": ROOM,
        "words": WORDS,
        "named": NAMED,
    },
    ensure_ascii=False,
)
"""Signs, room and words, for the script that counts while somebody types."""


def parts(text: str) -> str:
    """In how many parts a text goes out, and which signs made them small; before one is typed, how
    much fits."""
    if not text:
        return WORDS["nothing"]
    found = measure(text)
    if found.segments == 1:
        return WORDS["one"]
    words = WORDS["dear" if found.beyond else "many"]
    return words.format(parts=found.segments, signs=found.beyond[:NAMED])
