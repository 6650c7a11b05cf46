"""Everything on this machine: what is started, and that nothing stays behind."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from bot.cli import demo_house
from bot.cli.plan import House, plan
from bot.config import STAND_IN
from bot.people.mistakes import Mistake

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
DECIDED = re.compile("TWILIO|SIMULATOR|DATABASE_URL|PUBLIC_URL|SECRET_KEY|PORT|LOG_FORMAT")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to run in, with nothing decided in the environment."""
    monkeypatch.chdir(tmp_path)
    saved = dict(os.environ)
    for name in [name for name in os.environ if DECIDED.match(name)]:
        del os.environ[name]
    yield tmp_path
    os.environ.clear()
    os.environ.update(saved)


class TestPlan:
    def test_with_nothing_decided_it_is_a_simulation(self, folder: Path) -> None:
        house = plan({})
        assert house.settings.simulator
        assert house.settings.twilio_api_url == STAND_IN
        assert (house.settings.port, house.stand_in) == (8000, 4010)
        assert house.environment["SIMULATOR"] == "1"

    def test_other_terminals_find_the_same_simulation(self, folder: Path) -> None:
        plan({})
        written = (folder / ".env").read_text(encoding="utf-8")
        assert re.search(r"^SIMULATOR=1\nSECRET_KEY=[0-9a-f]{64}$", written, re.MULTILINE)
        assert stat.S_IMODE((folder / ".env").stat().st_mode) == 0o600
        plan({})
        assert (folder / ".env").read_text(encoding="utf-8") == written

    @pytest.mark.parametrize("name", ["DATABASE_URL", "TWILIO_ACCOUNT_SID"])
    def test_what_somebody_decided_is_left_alone(self, folder: Path, name: str) -> None:
        value = "sqlite:///x.db" if name == "DATABASE_URL" else "AC" + "0" * 32
        plan({name: value, "SIMULATOR": "1"})
        assert not (folder / ".env").exists()

    def test_ports_can_be_chosen(self, folder: Path) -> None:
        house = plan({"PORT": "8123", "SIMULATOR_PORT": "4123"})
        assert (house.settings.port, house.stand_in) == (8123, 4123)
        assert house.settings.public_url == "http://127.0.0.1:8123"
        assert house.settings.twilio_api_url == "http://127.0.0.1:4123"

    @pytest.mark.parametrize("port", ["x", "0", "65536", "-1"])
    def test_a_port_that_is_none_is_refused(self, folder: Path, port: str) -> None:
        with pytest.raises(Mistake, match="SIMULATOR_PORT"):
            plan({"SIMULATOR_PORT": port})

    def test_real_credentials_are_never_simulated_with(self, folder: Path) -> None:
        house = self.with_twilio()
        assert not house.settings.simulator
        assert house.stand_in is None
        assert house.environment["SIMULATOR"] == "0"

    def test_another_stand_in_is_used_as_it_is(self, folder: Path) -> None:
        house = self.with_twilio(TWILIO_API_URL="http://127.0.0.1:9999")
        assert house.settings.simulator
        assert house.settings.twilio_api_url == "http://127.0.0.1:9999"
        assert house.stand_in is None

    def with_twilio(self, **more: str) -> House:
        return plan(
            {
                "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
                "TWILIO_AUTH_TOKEN": "token",
                "PUBLIC_URL": "https://consent.example.org",
                "SECRET_KEY": "x" * 32,
                **more,
            }
        )


PROGRAM = """
import sys
from bot.cli.children import Children
children = Children()
children.stop_on_signals()
children.say("started")
for place, command in enumerate(sys.argv[1:]):
    children.start(f"child{place}", command, {"PATH": "/usr/bin:/bin"})
ended = children.watch(lambda: None)
children.stop()
print("ended", ended, children.exit_code(ended) if ended else "", flush=True)
"""


def beside(*commands: str) -> subprocess.Popen[str]:
    """Run commands beside each other."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *commands], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout
    assert "started" in process.stdout.readline()
    return process


def eventually(test: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether it comes true within this time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if test():
            return True
        time.sleep(0.05)
    return test()


def runs(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
class TestChildren:
    def pid(self, process: subprocess.Popen[str]) -> int:
        assert process.stdout
        return int(process.stdout.readline().rpartition(" ")[2])

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_a_signal_to_the_parent_alone_stops_them_all(self, number: signal.Signals) -> None:
        process = beside("sh -c 'echo pid $$; sleep 99'")
        pid = self.pid(process)
        process.send_signal(number)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert "ended None" in rest
        assert process.returncode == 0
        assert not runs(pid)

    def test_when_one_ends_the_others_are_stopped(self) -> None:
        process = beside("sh -c 'echo pid $$; sleep 99'", "sh -c 'sleep 1; exit 3'")
        pid = self.pid(process)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert "ended child1 3" in rest
        assert not runs(pid)

    def test_what_a_child_left_running_is_stopped_too(self) -> None:
        process = beside("sh -c 'sleep 99 & echo pid $!; sleep 1; exit 0'")
        pid = self.pid(process)
        process.communicate(timeout=PATIENCE)
        assert not runs(pid)

    def test_when_the_parent_is_killed_the_kernel_stops_them(self) -> None:
        process = beside("sh -c 'echo pid $$; exec sleep 99'")
        pid = self.pid(process)
        process.kill()
        process.wait()
        assert eventually(lambda: not runs(pid), 10)
        assert process.stdout
        process.stdout.close()

    def test_each_line_says_who_speaks(self) -> None:
        process = beside("sh -c 'echo hello; echo; printf \"\\377\\n\"; sleep 1'")
        rest, _ = process.communicate(timeout=PATIENCE)
        assert re.search(r"^\d\d:\d\d:\d\d child0 \| hello$", rest, re.MULTILINE)
        assert "\x1b" not in rest


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def started(folder: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`flask up` as a process, and its address."""
    ports = {"PORT": str(free_port()), "SIMULATOR_PORT": str(free_port())} | settings
    kept = {name: value for name, value in os.environ.items() if not DECIDED.match(name)}
    environment = kept | {"DATABASE_URL": f"sqlite:///{folder / 'assent.db'}"} | ports
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "up"],
            env=environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            yield process, f"http://127.0.0.1:{ports['PORT']}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def whom_a_stranger_writes_to(address: str) -> str:
    """As the simulator's page offers it, before anything was ever sent."""
    control = requests.get(f"{address}/simulator", timeout=10).url.removesuffix("/simulator")
    control, stranger = f"{control}/control", "+12025554321"
    requests.put(f"{control}/customers/{stranger}", json={}, timeout=10)
    pulse = requests.get(f"{control}/pulse", params={"customer": stranger}, timeout=10).json()
    return str(pulse["conversation"]["business"]["whatsapp"])


def test_it_runs_and_stops_without_a_trace(folder: Path) -> None:
    with started(folder) as (process, address):
        output = folder / "output"
        assert eventually(lambda: "Ready. Open" in output.read_text() or process.poll() is not None)
        assert requests.get(f"{address}/readyz", timeout=10).json()["ready"] is True
        assert whom_a_stranger_writes_to(address) == demo_house.WHATSAPP
        children = [int(pid) for pid in re.findall(r"PID: (\d+)", output.read_text())]
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0, output.read_text()
    assert children
    assert not any(runs(pid) for pid in children)
    assert "Made the organization 'Demo'" in output.read_text()
    assert "Traceback" not in output.read_text()


def test_a_port_that_is_taken_is_named(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with started(folder, PORT=port) as (process, _):
            assert process.wait(PATIENCE) == 1
        assert f"Port {port} is taken" in (folder / "output").read_text()
