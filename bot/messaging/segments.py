"""How many parts an SMS is sent, and billed, in.

A text of GSM-7 signs fits 160 of them into one part; one other sign makes all of it UCS-2, 70 to a
part. Several parts carry a header each: 153 and 67 remain. What takes two places is never cut.
https://www.twilio.com/docs/glossary/what-sms-character-limit, GSM 03.38 (ETSI TS 123 038, 6.2.1)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
"""Signs of GSM-7 that take two places."""

GSM_7 = BASIC | EXTENSION
ROOM = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True, slots=True)
class Measure:
    """A text as an SMS: its alphabet, the places it takes, the parts, and what forced UCS-2."""

    alphabet: Literal["GSM-7", "UCS-2"]
    places: int
    segments: int
    beyond: str = ""


def measure(text: str) -> Measure:
    """Measure a text as an SMS. An empty one is one part."""
    beyond = "".join(dict.fromkeys(sign for sign in text if sign not in GSM_7))
    alphabet: Literal["GSM-7", "UCS-2"] = "UCS-2" if beyond else "GSM-7"
    widths = [_width(sign, alphabet) for sign in text]
    single, joined = ROOM[alphabet]
    places = sum(widths)
    return Measure(alphabet, places, 1 if places <= single else _parts(widths, joined), beyond)


def _width(sign: str, alphabet: str) -> int:
    if alphabet == "UCS-2":
        return 2 if ord(sign) > 0xFFFF else 1
    return 2 if sign in EXTENSION else 1


def _parts(widths: Iterable[int], room: int) -> int:
    parts, taken = 1, 0
    for width in widths:
        if taken + width > room:
            parts, taken = parts + 1, 0
        taken += width
    return parts
