"""The stand-in on a real port: in a thread for most tests, and as its own process for some."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bot.simulator.account import Account
from bot.simulator.served import served

from .desk import ACCOUNT, KEY, SECRET, TOKEN, Desk
from .house import House, running_house
from .receiver import Receiver, receiving

QUICK = dict.fromkeys(("sent", "delivered", "read", "answer", "approved"), 0.01) | {"queued": 0.0}
SERVE = (
    *("granian", "--interface", "wsgi", "--factory", "--workers", "1"),
    *("--blocking-threads", "64", "bot.simulator.app:from_environment"),
)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def stand_in_url() -> Iterator[str]:
    with served(Account(ACCOUNT, TOKEN, KEY, SECRET)) as url:
        yield url


@pytest.fixture(scope="session")
def process_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = _free_port()
    settings = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    command = [sys.executable, "-m", *SERVE, "--port", str(port)]
    log = tmp_path_factory.mktemp("granian") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | settings, stdout=output, stderr=output
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/control/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Web, worker and stand-in as real processes, quick to find out what became of a message."""
    quick = {"OUTBOX_SAFE_SECONDS": "4", "SWEEP_SECONDS": "2", "TWILIO_TIMEOUT": "1"}
    with running_house(tmp_path_factory.mktemp("house"), **quick) as running:
        yield running


@pytest.fixture
def desk(stand_in_url: str) -> Desk:
    """A stand-in that remembers nothing of the tests before."""
    return _fresh(stand_in_url)


@pytest.fixture
def process(process_url: str) -> Desk:
    """The same, served by granian as its own process."""
    return _fresh(process_url)


@pytest.fixture(params=["stand_in_url", "process_url"], ids=["thread", "granian"])
def any_desk(request: pytest.FixtureRequest) -> Desk:
    return _fresh(request.getfixturevalue(request.param))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(TOKEN) as one:
        yield one


@pytest.fixture
def listening(desk: Desk, receiver: Receiver) -> Desk:
    """A stand-in whose inbound messages go to the receiver."""
    desk.control("PUT", "/settings", {"webhook": receiver.url + "/twilio/inbound"})
    return desk


def _fresh(url: str) -> Desk:
    desk = Desk(url)
    desk.control("POST", "/reset", {})
    desk.control("PUT", "/settings", {"pace": QUICK, "webhook": None})
    return desk


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(url, timeout=1)
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the stand-in did not start")
