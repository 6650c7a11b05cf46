"""Reading the JSON of a control request; what makes no sense is answered with 400."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from flask import request
from werkzeug.exceptions import BadRequest


class Nonsense(BadRequest):
    """The control request makes no sense; the description says why."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object with known fields, read one by one with its types checked."""

    values: dict[str, Any]

    def text(self, name: str, usual: str | None = None) -> str | None:
        """Return a text field, or `usual` where it is missing or null."""
        return cast(str | None, self._typed(name, str, usual))

    def needed(self, name: str) -> str:
        """Return a text field that must be there."""
        text = self.text(name)
        if text is None:
            raise Nonsense(f"{name} is required")
        return text

    def number(self, name: str, usual: float | None = None) -> float | None:
        """Return a number field, or `usual` where it is missing or null."""
        value = self._typed(name, (int, float), usual)
        return None if value is None else float(value)

    def whole(self, name: str, usual: int | None = None) -> int | None:
        """Return a whole number, or `usual` where it is missing or null."""
        return cast(int | None, self._typed(name, int, usual))

    def flag(self, name: str, usual: bool) -> bool:
        """Return true or false."""
        return bool(self._typed(name, bool, usual))

    def objects(self, name: str) -> list[Any]:
        """Return a list, empty where it is missing or null."""
        return list(self._typed(name, list, []))

    def texts(self, name: str) -> dict[str, str]:
        """Return an object of texts, empty where it is missing or null."""
        return {key: str(text) for key, text in self._typed(name, dict, {}).items()}

    def one_of(self, name: str, allowed: Collection[str], usual: str) -> str:
        """Return a text field that must be one of the allowed words."""
        word = self.text(name) or usual
        if word not in allowed:
            raise Nonsense(f"{name} must be one of: {', '.join(sorted(allowed))}")
        return word

    def _typed(self, name: str, kind: Any, usual: Any) -> Any:
        value = self.values.get(name)
        if value is None:
            return usual
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise Nonsense(f"{name} has the wrong type")
        return value


def fields(*known: str) -> Fields:
    """Read the request's JSON object; raise Nonsense if it has other fields.

    Only `Content-Type: application/json` is read, so that no web page can post here unasked.
    """
    return inner(request.get_json(), *known)


def inner(values: Any, *known: str) -> Fields:
    """Read an object inside the request's JSON."""
    if not isinstance(values, dict):
        raise Nonsense("a JSON object is expected")
    unknown = values.keys() - set(known)
    if unknown:
        raise Nonsense(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    return Fields(values)
