"""`flask` on a database of the test's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from bot.cli.runtime import current_runtime
from bot.config import load_settings
from bot.runtime import Runtime, load_runtime
from tests.terminals import terminal_on
from tests.world import World


@dataclass(frozen=True)
class Terminal:
    """Somebody typing commands."""

    app: Flask

    def __call__(self, *words: str, given: str | bytes | None = None) -> Result:
        """Run `flask` with these words, and this on standard input."""
        return self.app.test_cli_runner().invoke(args=words, input=given)

    def does(self, *words: str, given: str | bytes | None = None) -> str:
        """Run a command that succeeds; what it printed."""
        result = self(*words, given=given)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str) -> Any:
        """Run a command that succeeds, with `--json`; what it printed."""
        return json.loads(self.does(*words, "--json"))

    def fails(self, *words: str, code: int = 1) -> str:
        """Run a command that fails; what it said, which is never a traceback."""
        result = self(*words)
        assert result.exit_code == code, result.output
        assert isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        return result.stderr


Opener = Callable[..., Terminal]


@pytest.fixture
def open_terminal(tmp_path: Path) -> Iterator[Opener]:
    """Opens a terminal on a database file, with other settings if wanted."""
    opened: list[Runtime] = []

    def terminal(name: str = "assent.db", **settings: Any) -> Terminal:
        given = {"database_url": f"sqlite:///{tmp_path / name}", "simulator": True} | settings
        runtime = load_runtime(load_settings(_env_file=None, **given))
        opened.append(runtime)
        return Terminal(terminal_on(runtime))

    yield terminal
    for runtime in opened:
        runtime.database.close()


@pytest.fixture
def flask(open_terminal: Opener, sqlite_template: Path, tmp_path: Path) -> Terminal:
    """A terminal on a migrated, empty database."""
    shutil.copy(sqlite_template, tmp_path / "assent.db")
    return open_terminal()


@pytest.fixture
def runtime(flask: Terminal) -> Runtime:
    """What the commands work with."""
    with flask.app.app_context():
        return current_runtime()


@pytest.fixture
def acme(runtime: Runtime) -> World:
    """An organization in the database of the terminal."""
    return World(runtime.database)
