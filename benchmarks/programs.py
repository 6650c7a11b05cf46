"""Processes under measurement: started as an operator would, watched, and ended by their ids."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, perf_counter, sleep

from benchmarks.machine import ROOT

BINARIES = Path(sys.executable).parent
TICKS = os.sysconf("SC_CLK_TCK")
STARTING = 60.0
"""Seconds that a process may take to answer."""

ACCOUNT = "AC" + "7" * 32
TOKEN = "measured-and-therefore-no-secret"


def procfile(name: str) -> str:
    """What the Procfile says about a process."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return dict(re.split(r":\s*", line, maxsplit=1) for line in lines if ":" in line)[name]


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def settings(url: str, port: int, **more: str) -> dict[str, str]:
    """The environment of a process of ours, and nothing of whoever measures."""
    return {
        "PATH": f"{BINARIES}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "PORT": str(port),
        "DATABASE_URL": url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "measured-and-therefore-no-secret",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": "http://127.0.0.1:9",
        "SWEEP_SECONDS": "86400",
        "SIMULATOR": "0",
        **more,
    }


class Program:
    """A line of the shell in a process group of its own."""

    def __init__(self, name: str, line: str, environment: Mapping[str, str], folder: Path) -> None:
        self.begun = perf_counter()
        self._log = folder / f"{name}.log"
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                ["sh", "-c", f"exec {line}"],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def ready(self, url: str) -> float:
        """Wait until it answers 200 there. Gives back the seconds since it was started."""
        while not _answers(url):
            if self._process.poll() is not None or perf_counter() - self.begun > STARTING:
                raise RuntimeError(f"it does not start:\n{self.written[-2000:]}")
            sleep(0.002)
        return perf_counter() - self.begun

    def stop(self) -> None:
        """Ask the group to end, and make it end if it does not."""
        for number, seconds in ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0)):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
            if not self.members:
                return

    @property
    def written(self) -> str:
        """What it has logged."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def members(self) -> list[int]:
        """The ids of the processes in its group."""
        return [int(path.name) for path in Path("/proc").glob("[0-9]*") if self._owns(path)]

    def _owns(self, path: Path) -> bool:
        with suppress(OSError):
            after_name = (path / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            return int(after_name[2]) == self._process.pid and after_name[0] != "Z"
        return False

    @property
    def memory(self) -> float:
        """MiB that the group occupies, pages shared within it counted once."""
        return sum(_kibibytes(member, "smaps_rollup", "Pss") for member in self.members) / 1024

    @property
    def processor_seconds(self) -> float:
        """The processor time that the group has used."""
        return sum(_ticks(member) for member in self.members) / TICKS


@contextmanager
def running(programs: Mapping[str, Program]) -> Iterator[None]:
    """End these programs when the block ends, however it does."""
    try:
        yield
    finally:
        for program in programs.values():
            program.stop()


def until(deadline: float, what: str) -> None:
    """Pause a moment. Raises `TimeoutError` when the deadline (monotonic) has passed."""
    if monotonic() > deadline:
        raise TimeoutError(what)
    sleep(0.005)


def peak_memory() -> float:
    """The most MiB that this process ever had in memory."""
    return _kibibytes(os.getpid(), "status", "VmHWM") / 1024


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _kibibytes(process: int, file: str, name: str) -> int:
    with suppress(OSError):
        text = Path(f"/proc/{process}/{file}").read_text(encoding="utf-8")
        found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
        return int(found.group(1)) if found else 0
    return 0


def _ticks(process: int) -> int:
    with suppress(OSError):
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return int(stat[11]) + int(stat[12])
    return 0
