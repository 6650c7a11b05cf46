"""Processes as an operator starts them: the lines of the Procfile, run through a shell."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from bot.cli.children import die_with_parent

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / ".venv" / "bin"

Found = TypeVar("Found")


def procfile() -> dict[str, str]:
    """The lines of the Procfile by the names of their processes."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    return dict(re.split(r":\s*", line, maxsplit=1) for line in lines if ":" in line)


def surroundings(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a process: these settings, and nothing of whoever runs the tests.

    What a process leaves in its home or among temporary files is found in `folder`.
    """
    for name in ("home", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "PATH": f"{PROGRAMS}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "LANG": "C.UTF-8",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        **settings,
    }


class Process:
    """One line of a shell in a process group of its own, which is all that is ever signalled."""

    def __init__(self, name: str, line: str, environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._line = line
        self._environment = dict(environment)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **settings: str) -> None:
        """Start it, with settings changed for this run.

        The shell makes way, so that signals and exit code are the process's own.
        """
        assert not self.is_running, f"{self.name} runs already"
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                ["sh", "-c", f"exec {self._line}"],
                cwd=ROOT,
                env=self._environment | settings,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )

    def kill(self) -> None:
        """End it as a power cut would: no process of the group gets to do anything more."""
        self._signal(signal.SIGKILL)
        self._ended(10)

    def stop(self, seconds: float = 20) -> int:
        """Ask it to end, as service managers do, and give back its exit code."""
        self._signal(signal.SIGTERM)
        return self._ended(seconds)

    def ask_to_stop(self) -> None:
        """Ask it to end, and do not wait."""
        self._signal(signal.SIGTERM)

    def clear_away(self) -> None:
        """End whatever is left of it."""
        if self._process and (self.is_running or self.survivors):
            self.kill()

    @property
    def pid(self) -> int:
        """Its number, and that of its group."""
        return self._group

    @property
    def is_running(self) -> bool:
        """Whether the process that was started has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def survivors(self) -> bool:
        """Whether its group still has a process, which then outlived the one that was started."""
        try:
            os.killpg(self._group, 0)
        except ProcessLookupError:
            return False
        return True

    @property
    def written(self) -> str:
        """All that it has written to its log, over all its lives."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._group, number)

    @property
    def _group(self) -> int:
        assert self._process, f"{self.name} was never started"
        return self._process.pid

    def _ended(self, seconds: float) -> int:
        assert self._process
        return self._process.wait(seconds)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def eventually(
    look: Callable[[], Found | None], what: str, seconds: float = 30.0, pause: float = 0.05
) -> Found:
    """Look until something true is seen, and give it back; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(pause)
    return found
