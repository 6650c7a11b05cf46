"""What a text costs as an SMS, in words."""

from __future__ import annotations

from bot.messaging.segments import measure

ROOM = (
    "One SMS holds 160 characters, or 70 with an emoji or another special sign. "
    "Longer texts are sent and billed in parts."
)


def parts(text: str) -> str:
    """In how many parts a text goes out, and which signs made them small; before one is typed, how
    much fits."""
    if not text:
        return ROOM
    found = measure(text)
    sent = "Sent as one SMS" if found.segments == 1 else f"Sent as {found.segments} SMS parts"
    if found.segments == 1 or not found.beyond:
        return f"{sent}."
    return f"{sent}: {found.beyond[:5]} leaves room for 67 characters in each, not 153."
