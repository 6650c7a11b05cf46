"""Being told to stop, at any moment and by any thread."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from bot.stopping import Stopping

SIGNAL_AT_EVERY_LINE = """
import signal, sys
from bot.stopping import Stopping

def waited(line):
    lines, stopping = 0, Stopping()
    def trace(frame, event, _):
        nonlocal lines
        lines += event == "line"
        if event == "line" and lines == line:
            signal.raise_signal(signal.SIGUSR1)
        return trace
    stopping.on(signal.SIGUSR1)
    sys.settrace(trace)
    try:
        stopping.wait(0.001)
    finally:
        sys.settrace(None)
    assert stopping.told == (line <= lines)
    return line <= lines

print(next(line for line in range(1, 1_000) if not waited(line)))
"""


def test_nobody_has_said_anything() -> None:
    stopping = Stopping()
    assert not stopping.told
    assert not stopping.wait(0)


def test_everybody_who_waits_hears_it() -> None:
    stopping = Stopping()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(stopping.wait, 60) for _ in range(8)]
        stopping.tell()
        assert all(one.result(timeout=30) for one in waiting)
    assert stopping.told
    assert stopping.wait(60)


def test_a_signal_is_heard() -> None:
    stopping, before = Stopping(), signal.getsignal(signal.SIGUSR1)
    stopping.on(signal.SIGUSR1)
    try:
        signal.raise_signal(signal.SIGUSR1)
        assert stopping.wait(0)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_signal_at_any_moment_of_the_wait_holds_nobody_up() -> None:
    process = subprocess.run(
        [sys.executable, "-c", SIGNAL_AT_EVERY_LINE],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert int(process.stdout) > 3
