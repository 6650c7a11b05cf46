"""The JSON that a call brings, and what is said when it brings something else."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest


class Json(DefaultJSONProvider):
    """JSON, but nothing nested so deeply that reading it would end in a fault of ours."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read JSON. Raises `ValueError` for what is none, or too deep."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("It is nested too deeply.") from None


class JsonRequest(Request):
    """A request whose body, where it must be JSON and is not, is refused in words."""

    def on_json_loading_failed(self, e: ValueError | None) -> NoReturn:
        """Say that the body is no JSON. Raises `BadRequest`."""
        cause = f" {e}" if e else ""
        raise BadRequest(f"Send an object as JSON; this body cannot be read as such.{cause}")


def read_bodies(app: Flask) -> None:
    """Let this application read JSON so."""
    app.json = Json(app)
    app.request_class = JsonRequest
