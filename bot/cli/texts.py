"""Files that people name on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO


def open_text(file: str) -> TextIO:
    """Open a text file to be read line by line, `-` for standard input."""
    # Bytes that are no UTF-8 get through as surrogates, so that only their own line is refused.
    if file == "-":
        return open(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    return Path(file).open(encoding="utf-8", errors="surrogateescape")
