"""Where the demo plays: real processes on a database of their own, driven over HTTP."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any

import requests

from bot.cli import demo_house
from bot.cli.children import Children
from bot.cli.plan import House, plan
from bot.cli.up import commands
from bot.people import accounts, organizations
from bot.people.mistakes import Mistake
from bot.runtime import load_runtime
from bot.store.migrate import upgrade

PATIENCE = 30.0
"""Seconds that anything may take before the demo says that it has gone wrong."""


@dataclass
class Stage:
    """Web, worker and the stand-in, and how to reach them."""

    house: House
    token: str
    folder: Path

    @classmethod
    @contextmanager
    def set(cls) -> Iterator[Stage]:
        """Start everything, and take it away at the end."""
        with TemporaryDirectory(prefix="assent-demo-") as name:
            folder = Path(name)
            house = plan(_environment(folder))
            stage = cls(house, _furnish(house), folder)
            with (folder / "log").open("w", encoding="utf-8") as log:
                children = Children(log)
                try:
                    for child in commands(house, stage.token, [demo_house.WHATSAPP]):
                        children.start(*child)
                    stage.wait_for(stage._answers, "the processes to answer")
                    stage._show_templates()
                    yield stage
                finally:
                    children.stop()

    def keep_logs(self) -> Path:
        """Copy the logs to where they stay."""
        kept = Path("var") / "demo.log"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text((self.folder / "log").read_text(encoding="utf-8"), encoding="utf-8")
        return kept

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call our API."""
        answer = requests.request(
            method, f"{self.house.settings.public_url}/api/v1{path}", json=body,
            headers={"Authorization": f"Bearer {self.token}"}, timeout=10,
        )  # fmt: skip
        return answer.json()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the stand-in's own controls."""
        url = f"{self.house.settings.twilio_api_url}/control{path}"
        return requests.request(method, url, json=body, timeout=10).json()

    def days_pass(self, days: int) -> None:
        """Move the clock."""
        flask = Path(sys.executable).parent / "flask"
        subprocess.run(  # noqa: S603 - our own command
            [flask, "--app", "wsgi", "clock", "advance", f"{24 * days}h"],
            env=self.house.environment, check=True, capture_output=True,
        )  # fmt: skip

    def wait_for(self, happened: Callable[[], bool], what: str) -> None:
        """Wait until something has happened. Raises `Mistake` when it does not."""
        until = monotonic() + PATIENCE
        while not happened():
            if monotonic() > until:
                raise Mistake(f"Waited in vain for {what}. Try again with --keep-logs.")
            sleep(0.1)

    def _show_templates(self) -> None:
        with load_runtime(self.house.settings).database.reading() as connection:
            templates = demo_house.templates(connection)
        for sid, template in templates.items():
            self.control("PUT", f"/templates/{sid}", template)

    def _answers(self) -> bool:
        try:
            self.control("GET", "/health")
            ready = requests.get(f"{self.house.settings.public_url}/readyz", timeout=5).json()
        except requests.RequestException:
            return False
        return bool(ready["ready"] and ready["worker"] == "working")


def _environment(folder: Path) -> dict[str, str]:
    """An environment in which nothing that was set up here counts."""
    web, stand_in = _free_ports(2)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "SIMULATOR": "1",
        "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
        "PORT": str(web),
        "PUBLIC_URL": f"http://127.0.0.1:{web}",
        "SIMULATOR_PORT": str(stand_in),
    }


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _furnish(house: House) -> str:
    """Make the demo organization without its people, and a token to call with."""
    runtime = load_runtime(house.settings)
    upgrade(runtime.database)
    now = runtime.clock.now()
    with runtime.database.writing() as connection:
        organization = organizations.add(
            connection, demo_house.NAME, whatsapp=True, sms="disclaimer", now=now
        )
        template = {"en": demo_house.TEMPLATE}
        organizations.add_sender(connection, organization, demo_house.WHATSAPP, template, now)
        token = accounts.add_token(connection, organization, "demo", now)
    runtime.database.close()
    return token
