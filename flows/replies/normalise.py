"""Text as people type it, turned into tokens that can be compared.

Case, accents, full-width letters, Arabic spelling variants, traditional characters, kana, invisible
characters and skin tones disappear; punctuation becomes a pause, a sentence end or a question;
every Han or kana character and every symbol stands alone. The raw text stays what the evidence
keeps.
Rule 2 of section 6.3 of the reply study; Unicode's own tables do the work (NFKC, UAX #15).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from flows.replies.hanzi import SIMPLIFIED

Tokens = tuple[str, ...]

PAUSE, END, QUESTION = ",", ".", "?"
# Dots in a row: people trail off where they mean less than they say.
TRAIL = "…"
PUNCTUATION = frozenset({PAUSE, END, QUESTION, TRAIL})

# The Greek question mark must be caught before NFKC makes a semicolon of it, and the acute accent
# before NFKC makes a space of it ("don´t").
_BEFORE: dict[int, str] = {
    **dict.fromkeys(map(ord, "´`‘’ʼ′＇"), "'"),
    **dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF], ""),
    0x37E: "?",
}
_SILENT = frozenset('"()[]{}*_-~«»“”„‹›「」『』【】《》・·•¡‐‑')
_ENDS = frozenset(".!\n\r—–。।॥۔")
_PAUSES = frozenset(",;:、،؛")
_QUESTIONS = frozenset("?¿؟՞፧⸮‽⸘❓❔")
_LETTERS = {
    "ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ۀ": "ه", "ک": "ك", "ـ": "", "'": "",
    "ँ": "ं",
}  # fmt: skip
_DROPPED_MARKS = (
    (0x0300, 0x036F), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06ED),
    (0x093C, 0x093C), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20E3, 0x20E3),
    (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0x1F3FB, 0x1F3FF),
)  # fmt: skip
# Strokes through letters ("y̶e̶s̶") and bidirectional overrides make a text look other than it reads.
_DISTORTING = frozenset([*range(0x334, 0x339), 0x20D2, 0x20D3, 0x20E0, 0x20E5, 0x202D, 0x202E])
_ALONE = (
    (0x3005, 0x3007), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF),
)  # fmt: skip

_LAST_HAMZA = re.compile(r"\u0623(?!\w)")
_STRUCK = re.compile(r"(?<!\w)~(?=[^\s~])[^~\n]*~(?!\w)")
_SMILE = re.compile(r"(?<!\w)[:;=]-?[)dp](?!\w)")
_DOTS = re.compile(r"\.{2,}")
_FROWN = re.compile(r"(?<!\w)[:;=]'?-?\(")


def tokens(text: str) -> Tokens:
    """Cut a text into comparable tokens; never raises, and takes time linear in its length."""
    if "~" in text:
        # WhatsApp shows ~yes~ struck through: whoever sends that has taken it back.
        text = _STRUCK.sub(" \u0336 ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_BEFORE))
        # Only its last hamza tells the Arabic "begin" from "never".
        text = _LAST_HAMZA.sub("\u0627\u0621", text)
    text = text.casefold()
    if ":" in text or ";" in text or "=" in text:
        text = _FROWN.sub(" ☹ ", _SMILE.sub(" ", text))
    if ".." in text:
        text = _DOTS.sub(TRAIL, text)
    return tuple(text.replace(" - ", " . ").translate(_FOLD).split())


def is_word(token: str) -> bool:
    """Tell words and digits from punctuation, emoji and other symbols."""
    return token[0].isalnum()


def stands_alone(token: str) -> bool:
    """Tell a Han or kana character, which is a token by itself and half a word."""
    return _within(ord(token[0]), _ALONE)


class _Fold(dict[int, str]):
    """A table for `str.translate` that works out what it does not hold."""

    def __missing__(self, code: int) -> str:
        return _folded(chr(code))


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    if (marked := _punctuation(char)) is not None:
        return marked
    code, category = ord(char), unicodedata.category(char)
    if char in _LETTERS:
        return _LETTERS[char]
    if code in _DISTORTING:
        return f" {char} "
    if category in ("Cc", "Cf") or _within(code, _DROPPED_MARKS):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if _within(code, _ALONE):
        return f" {SIMPLIFIED.get(char) or _hiragana(code)} "
    if category[0] == "L":
        return _without_accents(char)
    # Vowel signs belong to the word they stand in; the rest are symbols, known or not.
    return char if category[0] in "MN" else f" {char} "


def _punctuation(char: str) -> str | None:
    if char in _QUESTIONS:
        return f" {QUESTION} "
    if char in _ENDS:
        return f" {END} "
    if char == TRAIL:
        return f" {TRAIL} "
    if char in _PAUSES:
        return f" {PAUSE} "
    return " " if char in _SILENT or char.isspace() else None


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def _hiragana(code: int) -> str:
    return chr(code - 0x60) if 0x30A1 <= code <= 0x30F6 else chr(code)


def _without_accents(char: str) -> str:
    # Only marks on the list go: without its dakuten the Japanese "bye" would read "yes".
    parts = unicodedata.normalize("NFKD", char)
    return "".join(_LETTERS.get(p, p) for p in parts if not _within(ord(p), _DROPPED_MARKS))


_FOLD = _Fold({code: _folded(chr(code)) for code in range(128)})
