"""Scenarios, and the server they are played with."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint

from bot.simulator import scenarios
from bot.simulator.control.reading import Nonsense, fields
from bot.simulator.scenarios import SCENARIOS
from bot.simulator.stand_in import here

stories = Blueprint("stories", __name__)


@stories.get("/server")
def server() -> dict[str, Any]:
    """Show which server is tried out, and whether there is a token for its API."""
    known = here().server
    return {"url": known.url, "has_token": bool(known.token)}


@stories.put("/server")
def set_server() -> dict[str, Any]:
    """Name the server by `url`, and the `token` of its API; null forgets either."""
    given = fields("url", "token")
    known = here().server
    if "url" in given.values:
        known.url = _origin(given.text("url"))
    if "token" in given.values:
        known.token = given.text("token")
    return server()


@stories.get("/scenarios")
def known() -> dict[str, Any]:
    """List the scenarios, and the last runs, newest first."""
    shown = [
        {"name": name, "title": scenario.title, "story": scenario.story}
        for name, scenario in SCENARIOS.items()
    ]
    return {"scenarios": shown, "runs": here().runs.last(10)}


@stories.post("/scenarios/<name>")
def play(name: str) -> tuple[dict[str, Any], int]:
    """Play a scenario with a fresh contact; shows the run, whose `number` tells how it goes on."""
    fields()
    if name not in SCENARIOS:
        raise Nonsense(f"no scenario is called {name}; known: {', '.join(SCENARIOS)}")
    run = scenarios.start(here(), name)
    return _shown(run.number), 202


@stories.get("/scenarios/runs/<int:number>")
def run(number: int) -> dict[str, Any]:
    """Show a run: `running`, `done` or `failed`, with its steps in words."""
    return _shown(number)


def _shown(number: int) -> dict[str, Any]:
    found = here().runs.find(number)
    if found is None:
        raise Nonsense(f"no run has the number {number}")
    shown = {"number": found.number, "scenario": found.scenario, "phone": found.phone}
    return shown | {"status": found.status, "steps": list(found.steps)}


def _origin(url: str | None) -> str | None:
    if url is None:
        return None
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise Nonsense("url must be like http://127.0.0.1:8000")
    return url.rstrip("/")
