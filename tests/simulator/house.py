"""The whole house as real processes: the web application, its worker, and the stand-in."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from click.testing import Result

from bot.cli import demo_house
from bot.cli.children import die_with_parent
from bot.config import SIMULATED, Settings
from bot.people import accounts, organizations
from bot.simulator.remote import NotDone, Remote
from bot.store.db import open_database
from bot.store.migrate import upgrade
from tests.terminals import settings_in, typed

ROOT = Path(__file__).parents[2]
GRANIAN = (sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws")

# A worker that waits a second, not a minute, after the provider refused our credentials.
QUICK_WORKER = """
from datetime import timedelta
from bot.messaging import pausing
pausing.BREATH = timedelta(seconds=1)
from bot.runtime import load_runtime
from bot.worker import Worker
Worker(load_runtime()).run()
"""


@dataclass
class House:
    """A running house: where its parts are, and a token for its API."""

    url: str
    stand_in: Remote
    token: str
    database_url: str
    folder: Path
    environment: dict[str, str]

    def api(self, method: str, path: str, given: Any = None, **more: Any) -> requests.Response:
        """One call of the server's API."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with requests.Session() as session:
            session.trust_env = False
            return session.request(
                method, f"{self.url}/api/v1{path}", json=given, headers=headers, timeout=20, **more
            )

    def flask(self, *words: str, given: str | None = None) -> Result:
        """One command, as a person types it; in this process, which is quicker."""
        return typed(self.environment, *words, given=given)

    @property
    def settings(self) -> Settings:
        """What its processes were started with."""
        return settings_in(self.environment)

    def passes_every_deadline(self) -> None:
        """Jump until nothing is due; one jump passes all that lies within a second."""
        try:
            while True:
                self.stand_in.post("/clock", next_deadline=True)
        except NotDone as refusal:
            assert "Nothing is due" in str(refusal)  # noqa: PT017 - the loop ends with it

    def log(self, name: str) -> str:
        """What a process has written."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def running_house(folder: Path, **settings: str) -> Iterator[House]:
    """Start everything on free ports; stop it at the end."""
    web, stand_in = free_port(), free_port()
    url, stand_in_url = f"http://127.0.0.1:{web}", f"http://127.0.0.1:{stand_in}"
    database_url = f"sqlite:///{folder / 'assent.db'}"
    environment = os.environ | {
        "SIMULATOR": "1",
        "DATABASE_URL": database_url,
        "PORT": str(web),
        "PUBLIC_URL": url,
        "TWILIO_API_URL": stand_in_url,
        "TWILIO_ACCOUNT_SID": SIMULATED["twilio_account_sid"],
        "TWILIO_AUTH_TOKEN": SIMULATED["twilio_auth_token"],
        "SIMULATOR_WEBHOOK": f"{url}/twilio/inbound#rc=3&rp=all",
        "SIMULATOR_APP_URL": url,
        "SIMULATOR_SENDERS": f"{demo_house.WHATSAPP},{demo_house.SMS}",
        **settings,
    }
    environment["SIMULATOR_APP_TOKEN"] = token = furnish(database_url)
    commands = {
        "stand-in": (
            *GRANIAN, "--factory", "--workers", "1", "--blocking-threads", "64",
            "--port", str(stand_in), "bot.simulator.app:from_environment",
        ),
        "web": (*GRANIAN, "--blocking-threads", "8", "--port", str(web), "wsgi:app"),
        "worker": (sys.executable, "-c", QUICK_WORKER),
    }  # fmt: skip
    with ExitStack() as stack:
        for name, command in commands.items():
            stack.enter_context(_running(command, environment, folder / f"{name}.log"))
        _await_answer(f"{stand_in_url}/control/health", folder / "stand-in.log")
        _await_answer(f"{url}/healthz", folder / "web.log")
        house = House(url, Remote(stand_in_url), token, database_url, folder, environment)
        put_templates(house)
        yield house


def furnish(database_url: str) -> str:
    """Make the demo organization; returns a token of its API."""
    database = open_database(database_url)
    upgrade(database)
    now = datetime.now(UTC)
    with database.writing() as connection:
        demo_house.furnish(connection, now)
        owner = organizations.find(connection, demo_house.NAME).id
        token = accounts.add_token(connection, owner, "simulator", now)
    database.close()
    return str(token)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def put_templates(house: House) -> None:
    """Let the stand-in know what the demo organization has had approved."""
    database = open_database(house.database_url)
    with database.reading() as connection:
        templates = demo_house.templates(connection)
    database.close()
    for sid, template in templates.items():
        house.stand_in.put(f"/templates/{sid}", **template)


@contextmanager
def _running(command: tuple[str, ...], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output,
            preexec_fn=die_with_parent(),
        )  # fmt: skip
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def _await_answer(url: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=1)
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer:\n{log.read_text(encoding='utf-8')[-2000:]}")
