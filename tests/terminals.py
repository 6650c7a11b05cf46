"""The application that `flask` gives to commands, in this process."""

from __future__ import annotations

from collections.abc import Mapping

from click.testing import Result
from flask import Flask

from bot.cli import terminal
from bot.cli.runtime import PLACE
from bot.config import Settings, load_settings
from bot.runtime import Runtime, load_runtime


def terminal_on(runtime: Runtime) -> Flask:
    """An application whose commands work with this runtime."""
    app = terminal()
    app.extensions[PLACE] = runtime
    return app


def settings_in(environment: Mapping[str, str]) -> Settings:
    """What a process in this environment works with."""
    named = {name.lower(): text for name, text in environment.items()}
    wanted = {name: named[name] for name in Settings.model_fields if name in named}
    return load_settings(_env_file=None, **wanted)


def typed(environment: Mapping[str, str], *words: str, given: str | None = None) -> Result:
    """One command, as a person types it in this environment; a process would take much longer."""
    runtime = load_runtime(settings_in(environment))
    app = terminal_on(runtime)
    try:
        with app.app_context():
            return app.test_cli_runner().invoke(args=words, input=given)
    finally:
        runtime.database.close()
