"""Forms: every mistake beside the field it was made in, and what was typed kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

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
    def of(self, field: str) -> Iterator[None]:
        """Whatever mistake comes up in here was made in this field."""
        try:
            yield
        except Mistake as mistake:
            self.setdefault(field, str(mistake))

    def stop(self) -> None:
        """Go no further if there was a mistake. Raises `Wrong`."""
        if self:
            raise Wrong(self)
