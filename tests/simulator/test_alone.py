"""The stand-in without this project's server: as a command, and as a pytest fixture."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from .conftest import ROOT
from .house import free_port
from .receiver import receiving

PROJECT = """
import pytest
import requests
from bot.simulator.for_tests import stand_in_for_tests

@pytest.fixture(scope="session")
def running():
    with stand_in_for_tests() as twilio:
        yield twilio

@pytest.fixture
def twilio(running):
    running.forget()
    return running

def ask(twilio):
    path = f"/2010-04-01/Accounts/{twilio.account_sid}/Messages.json"
    form = {"To": "whatsapp:+12025550150", "From": "whatsapp:+12025550199"}
    form["ContentSid"] = "HX" + "1" * 32
    return requests.post(twilio.url + path, data=form, auth=(twilio.account_sid, twilio.auth_token))

def test_it_asks(twilio):
    assert ask(twilio).status_code == 201
    assert len(twilio.messages()) == 1

def test_it_remembers_nothing(twilio):
    assert twilio.messages() == []

def test_chaos(twilio):
    twilio.chaos("500_created", next=1)
    assert ask(twilio).status_code == 500
    assert ask(twilio).status_code == 201
    assert len(twilio.messages()) == 2

def test_a_customer_writes(twilio):
    assert twilio.hears("+12025550150", "yes")["webhook"] is None
"""


def test_another_project_uses_it_in_its_tests(tmp_path: Path) -> None:
    (tmp_path / "test_project.py").write_text(PROJECT, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}

    ran = subprocess.run(
        [*command, "-p", "no:cacheprovider", "."], cwd=tmp_path, env=environment,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stdout
    assert "4 passed" in ran.stdout


def test_it_runs_alone(tmp_path: Path) -> None:
    port = free_port()
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "SIMULATOR": "0"}
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TWILIO_")}
    with receiving("simulated") as receiver:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "sim", "up"]
        command += ["--port", str(port), "--webhook", f"{receiver.url}/inbound#rc=1&rp=all"]
        log = tmp_path / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=kept | settings, stdout=output, stderr=output
            )
        try:
            url = f"http://127.0.0.1:{port}"
            health = _await(f"{url}/control/health", process, log)
            receiver.answers.append((500, 0.0))
            said = {"from": "whatsapp:+12025550150", "text": "hello"}
            heard = requests.post(f"{url}/control/inbound", json=said, timeout=10).json()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(15)

    assert health["webhook"].endswith("#rc=1&rp=all")
    assert (heard["webhook"]["status"], heard["webhook"]["attempt"]) == (200, 2)
    assert all(receiver.is_signed(one) for one in receiver.taken)
    assert f"TWILIO_API_URL=http://127.0.0.1:{port}" in log.read_text(encoding="utf-8")
    assert not (tmp_path / "none.db").exists(), "it keeps nothing but memory"


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            found: dict[str, str] = requests.get(url, timeout=1).json()
            return found
        except requests.ConnectionError:
            time.sleep(0.1)
    pytest.fail(log.read_text(encoding="utf-8"))
