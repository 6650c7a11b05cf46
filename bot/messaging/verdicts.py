"""What an error code of the provider means for a message. The table is `error_codes.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from flows.turn import FailureKind

VerdictKind = Literal["unreachable", "blocked", "retry", "pause", "window", "final"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a message with this code, and why, in words that a person reads."""

    code: int | None
    kind: VerdictKind
    words: str

    @property
    def failure(self) -> FailureKind:
        """How a flow sees it."""
        if self.kind in ("unreachable", "blocked"):
            return cast(FailureKind, self.kind)
        return "final"


def _read_table() -> dict[int, Verdict]:
    text = (Path(__file__).parent / "error_codes.toml").read_text(encoding="utf-8")
    return {
        int(code): Verdict(int(code), cast(VerdictKind, kind), words)
        for kind, codes in tomllib.loads(text).items()
        for code, words in codes.items()
    }


VERDICTS: dict[int, Verdict] = _read_table()
"""Every code that we know."""


def verdict(code: int | None, message: str = "") -> Verdict:
    """Look a code up; one that is not listed is final and speaks with the provider's words."""
    if code in VERDICTS:
        return VERDICTS[code]
    said = f": {message.rstrip('.')}" if message else ""
    return Verdict(code, "final", f"Twilio reports error {code or 'without a code'}{said}.")
