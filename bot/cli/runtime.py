"""The runtime that commands work with."""

from __future__ import annotations

from typing import cast

from flask import current_app

from bot.runtime import Runtime


def current_runtime() -> Runtime:
    """The runtime of the application that `flask` has loaded."""
    return cast(Runtime, current_app.extensions["runtime"])
