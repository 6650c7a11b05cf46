"""The runtime that commands work with."""

from __future__ import annotations

from typing import cast

from flask import current_app

from bot.log import configure_logging
from bot.runtime import Runtime, load_runtime

PLACE = "runtime"
"""Where the application keeps it, among its extensions."""


def current_runtime() -> Runtime:
    """The runtime of this command, put together when it is first asked for.

    Raises `Misconfigured` when settings are malformed: a command that needs none does not read any.
    """
    kept = current_app.extensions
    if PLACE not in kept:
        kept[PLACE] = load_runtime()
        configure_logging(kept[PLACE].settings.log_format)
    return cast(Runtime, kept[PLACE])
