"""What the server offers to a stand-in, and to nobody else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import Client

from bot.app import create_app
from bot.config import load_settings
from bot.runtime import load_runtime
from bot.simulator.account import LiveAccount, account_from
from tests.terminals import terminal_on

from .conftest import ROOT

SID, TOKEN = "AC" + "0" * 31 + "1", "simulated"
Serve = Callable[..., Client]


@pytest.fixture
def serve(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    database = shutil.copy(sqlite_template, tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{database}")

    def start(**settings: str) -> Client:
        settings |= {"_env_file": None}  # type: ignore[dict-item]
        return Client(create_app(load_runtime(load_settings(**settings))))

    return start


def test_the_page_is_the_stand_ins(serve: Serve) -> None:
    led = serve(simulator="1").get("/simulator")

    assert (led.status_code, led.location) == (303, "http://127.0.0.1:4010/simulator")


@pytest.mark.parametrize("path", ["", "/clock", "/deadlines"])
def test_outside_a_simulation_there_is_nothing(serve: Serve, path: str) -> None:
    live = serve(
        public_url="https://consent.example.org",
        secret_key="0123456789abcdef",
        twilio_account_sid=SID,
        twilio_auth_token=TOKEN,
    )

    assert live.get(f"/simulator{path}", auth=(SID, TOKEN)).status_code == 404


@pytest.mark.parametrize("auth", [None, (SID, "wrong"), ("AC", TOKEN)])
def test_the_clock_wants_the_simulated_credentials(
    serve: Serve, auth: tuple[str, str] | None
) -> None:
    client = serve(simulator="1")

    assert client.get("/simulator/clock", auth=auth).status_code == 401
    assert client.post("/simulator/clock", json={"reset": True}, auth=auth).status_code == 401
    assert client.get("/simulator/deadlines", auth=auth).status_code == 401


def test_the_clock_moves_and_goes_back(serve: Serve) -> None:
    client = serve(simulator="1")

    def move(**given: object) -> float:
        answer = client.post("/simulator/clock", json=given, auth=(SID, TOKEN))
        assert answer.status_code == 200, answer.text
        return float((answer.json or {})["ahead_seconds"])

    assert move(advance_seconds=90) == pytest.approx(90, abs=1)
    assert move(advance_seconds=-30.5) == pytest.approx(59.5, abs=1)
    assert move(reset=True) == pytest.approx(0, abs=1)
    for nonsense in ({"advance_seconds": 1e15}, {"advance_seconds": "x"}):
        answer = client.post("/simulator/clock", json=nonsense, auth=(SID, TOKEN))
        assert answer.status_code == 400, answer.text
    assert client.get("/simulator/deadlines?of=x", auth=(SID, TOKEN)).status_code == 400


def test_the_stand_in_does_not_start_beside_a_live_account() -> None:
    environment = {
        "TWILIO_ACCOUNT_SID": SID,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": "https://api.twilio.com",
    }

    with pytest.raises(LiveAccount, match="live Twilio account"):
        account_from(environment)


LIVE = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN, "SIMULATOR": "0"}


@pytest.mark.parametrize("words", [("sim", "time"), ("chat", "+12025550150")])
def test_commands_refuse_a_live_account(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in LIVE.items():
        monkeypatch.setenv(name, text)
    settings = load_settings(
        _env_file=None,
        database_url=f"sqlite:///{tmp_path}/live.db",
        public_url="https://consent.example.org",
        secret_key="0123456789abcdef",
    )
    app = terminal_on(load_runtime(settings))

    with app.app_context():
        refused = app.test_cli_runner().invoke(args=words)

    assert refused.exit_code == 1
    assert "live Twilio account" in refused.stderr
    assert "SIMULATOR=1" in refused.stderr


def test_no_stand_in_is_started_beside_a_live_account(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    live = kept | LIVE | {"DATABASE_URL": f"sqlite:///{tmp_path}/live.db"}

    command = [sys.executable, "-m", "flask", "--app", "wsgi", "sim", "up"]
    refused = subprocess.run(
        command, cwd=ROOT, env=live, capture_output=True, text=True, timeout=60
    )

    assert (refused.returncode, "live Twilio account" in refused.stderr) == (1, True)
