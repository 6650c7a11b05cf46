"""Forms: every mistake beside the field it was made in, and what was typed kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import request

from bot.people.mistakes import Mistake

WHOLE = ""
"""In place of a field: a mistake of the form as a whole."""


class Wrong(Exception):
    """A form cannot be taken. `errors` says why, by field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


class Faults(dict[str, str]):
    """Collects the mistakes of a form, so that all are shown at once."""

    @contextmanager
    def of(self, field: str, words: str = "") -> Iterator[None]:
        """Whatever mistake comes up in here was made in this field; `words` say it if given."""
        try:
            yield
        except Mistake as mistake:
            self.setdefault(field, words or str(mistake))

    def stop(self) -> None:
        """Go no further if there was a mistake. Raises `Wrong`."""
        if self:
            raise Wrong(self)


def file_name() -> str:
    """What the file that came with the form is called; empty when none was chosen."""
    file = request.files.get("file")
    return (file.filename if file else None) or ""


def content(most: int) -> bytes:
    """Its bytes, one more than `most` when there are more.

    From the beginning each time: a change that somebody was quicker than is made anew, and what was
    read for the first try would be gone.
    """
    file = request.files.get("file")
    if file is None:
        return b""
    file.seek(0)
    read: bytes = file.read(most + 1)
    return read
