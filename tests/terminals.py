"""The application that `flask` gives to commands, in this process."""

from __future__ import annotations

from flask import Flask

from bot.cli import terminal
from bot.cli.runtime import PLACE
from bot.runtime import Runtime


def terminal_on(runtime: Runtime) -> Flask:
    """An application whose commands work with this runtime."""
    app = terminal()
    app.extensions[PLACE] = runtime
    return app
