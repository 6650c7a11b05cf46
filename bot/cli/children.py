"""Processes that live and die together, and speak with a name before each line.

honcho reads the Procfile and prints. Its own manager is not used: it fails when it is stopped
before every process has reported in, and leaves all of them behind when it is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Lock, Thread
from time import monotonic
from typing import IO, TextIO

from honcho.colour import get_colours
from honcho.printer import Message, Printer

from bot.stopping import Stopping

PATIENCE = 15.0
"""Seconds that processes get to finish what they are doing, before they are killed."""

TICK = 0.2
_PR_SET_PDEATHSIG = 1


class Children:
    """Starts processes, shows what they print, and stops them all when one of them ends."""

    def __init__(self, output: TextIO | None = None) -> None:
        self._printer = Printer(output or sys.stdout)
        self._printing = Lock()
        self._colours = get_colours()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._readers: list[Thread] = []
        self._stopping = Stopping()

    def stop_on_signals(self) -> None:
        """Let SIGINT, SIGTERM and SIGHUP end `watch`, whatever has been started by then."""
        self._stopping.on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def start(self, name: str, command: str, environment: Mapping[str, str]) -> None:
        """Start a command of the Procfile, in a session of its own, and show what it prints."""
        self._printer.width = max(self._printer.width, len(name))
        self._running[name] = subprocess.Popen(  # noqa: S603 - a line of our own Procfile
            ["/bin/sh", "-c", f"exec {command}"],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
        output = self._running[name].stdout
        reader = Thread(target=self._show, args=(name, output), daemon=True)
        reader.start()
        self._readers.append(reader)

    def watch(self, at_every_tick: Callable[[], None]) -> str | None:
        """Wait until we are told to stop, or a process ends; gives back the name of that one."""
        while not self._stopping.wait(TICK):
            for name, process in self._running.items():
                if process.poll() is not None:
                    return name
            at_every_tick()
        return None

    def stop(self) -> None:
        """Let every process finish, and kill those that do not."""
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        until = monotonic() + PATIENCE
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(until - monotonic(), 0.1))
        for process in self._running.values():
            # The group, even when its first process has ended: nothing may stay behind.
            _signal(process, signal.SIGKILL)
            process.wait()
        for reader in self._readers:
            reader.join(1.0)

    def exit_code(self, name: str) -> int:
        """How a process ended."""
        return self._running[name].wait()

    def say(self, words: str) -> None:
        """Print a line of our own among theirs."""
        self._print("up", words, None)

    def _show(self, name: str, output: IO[bytes]) -> None:
        colour = next(self._colours)
        for line in output:
            self._print(name, line, colour)

    def _print(self, name: str, line: bytes | str, colour: str | None) -> None:
        # When nobody reads on, the processes must not be blocked by a full pipe.
        with self._printing, contextlib.suppress(OSError):
            self._printer.write(Message("line", line, datetime.now(UTC).astimezone(), name, colour))


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def die_with_parent() -> Callable[[], None] | None:
    """What a child does first: on Linux the kernel ends it when its parent is gone, even killed.

    The parent is the thread that starts it, and has to live as long.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
