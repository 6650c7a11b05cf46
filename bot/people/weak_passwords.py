"""Passwords that somebody would guess: common words, rows of keys, the names at hand.

What counts is what is left of a password when all of that is taken out of it. NIST SP 800-63B asks
for such a list and against rules about capitals and digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

COMMON = (Path(__file__).parent / "weak_words.txt").read_text(encoding="utf-8").split()

ROWS = (
    "12345678901234567890", "09876543210987654321", "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "q1w2e3r4t5y6u7i8o9p0",
)  # fmt: skip

FEWEST = 5
"""Different characters that must be left."""

SPELT = str.maketrans("0134578@$!", "oleastbasi")
YEAR = re.compile(r"(19|20)\d\d")


def is_weak(password: str, names: Iterable[str] = ()) -> bool:
    """Whether somebody who knows these names would guess a password soon."""
    typed = password.casefold()
    left = _without_rows(YEAR.sub("", typed))
    words = sorted({*COMMON, *_parts(names)}, key=len, reverse=True)
    for word in words:
        left = left.replace(word, "")
    spelt = left.translate(SPELT)
    for word in words:
        spelt = spelt.replace(word, "")
    return min(len(set(left)), len(set(spelt))) < FEWEST


def _parts(names: Iterable[str]) -> set[str]:
    """The words in names: `ann.lee@acme.example` has three, and the dots are none."""
    return {
        part for name in names for part in re.split(r"[\W_]+", name.casefold()) if len(part) > 2
    }


def _without_rows(text: str) -> str:
    """Take out what runs along the keyboard, the digits or the alphabet, four keys at least."""
    for row in ROWS:
        for length in range(len(row), 3, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], "")
    return text
