"""Quick to start: nothing is imported that is not used. Held by modules, never by times."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest
from click import Command

from bot.cli import COMMANDS
from bot.lazy import load
from tests.acceptance.processes import ROOT, surroundings

FLASK = "from flask.cli import main; sys.argv[0] = 'flask'; main()"
WEB = "import wsgi"
MODULES = "atexit.register(lambda: sys.stderr.write('\\n' + ' '.join(sys.modules)));"


def elsewhere(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a process that does not run in the checkout, where an .env may lie."""
    return surroundings(folder, PYTHONPATH=str(ROOT), FLASK_APP=str(ROOT / "wsgi.py"), **settings)


def imported(folder: Path, program: str, *words: str, **settings: str) -> set[str]:
    """All that a process has imported when it ends, and every package that it is from."""
    environment = elsewhere(folder, DATABASE_URL=f"sqlite:///{folder}/assent.db", **settings)
    ended = subprocess.run(
        [sys.executable, "-c", f"import atexit, sys; {MODULES} {program}", *words],
        env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in ended.stderr
    names = ended.stderr.splitlines()[-1].split()
    return {".".join(name.split(".")[:end]) for name in names for end in range(1, 5)}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_where_it_is_said_to_be(name: str) -> None:
    target, words = COMMANDS[name]
    command = load(target)
    assert isinstance(command, Command)
    assert command.name == name
    assert words.endswith(".")


def test_a_command_on_the_database_brings_neither_web_nor_twilio(tmp_path: Path) -> None:
    found = imported(tmp_path, FLASK, "token", "list")
    assert {"bot.cli.token", "bot.store.models"} <= found
    assert not found & {
        "bot.app", "bot.api", "bot.console", "bot.health", "bot.messaging", "bot.conversations",
        "bot.simulator", "bot.worker", "alembic", "apscheduler", "granian", "honcho",
        "prometheus_client", "requests", "twilio",
    }  # fmt: skip


def test_a_command_about_flows_brings_no_database_and_no_settings(tmp_path: Path) -> None:
    found = imported(tmp_path, FLASK, "flow", "table", "opt_in", PORT="no number")
    assert "flows" in found
    assert not found & {"bot.config", "bot.runtime", "bot.store", "pydantic_settings", "sqlalchemy"}


def test_the_worker_brings_nothing_of_the_web(tmp_path: Path) -> None:
    found = imported(tmp_path, FLASK, "worker")  # which lacks its settings, and so ends at once
    assert {"bot.worker", "bot.messaging.gateway"} <= found
    assert not found & {
        "bot.app", "bot.api", "bot.console", "bot.health", "bot.metrics", "bot.simulator",
        "bot.people.passwords", "alembic", "argon2", "honcho", "prometheus_client",
    }  # fmt: skip


def test_the_web_brings_no_command_and_no_worker(tmp_path: Path) -> None:
    found = imported(tmp_path, WEB, SIMULATOR="1")
    assert {"bot.api", "bot.console", "bot.messaging.webhooks"} <= found
    assert not found & {
        "bot.cli.runtime", "bot.simulator", "bot.worker", "alembic", "apscheduler", "honcho",
    }  # fmt: skip


def test_the_web_ends_in_words_when_it_could_not_take_messages(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WEB], env=elsewhere(tmp_path), cwd=tmp_path,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "TWILIO_AUTH_TOKEN" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_garbage_is_collected_again_after_an_import_that_failed() -> None:
    with pytest.raises(ModuleNotFoundError):
        load("bot.cli.nothing:nothing")
    assert gc.isenabled()
