"""A run of the tests that is killed leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.processes import ROOT, eventually

RUN = """
import sys, time
from pathlib import Path
from tests.acceptance.processes import Process, surroundings
from tests.postgres import start_postgres

folder = Path(sys.argv[1])
with start_postgres(folder / "data"):
    process = Process("sleeper", "sleep 600", surroundings(folder), folder)
    process.start()
    print((folder / "data" / "postmaster.pid").read_text().split()[0], process.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[str]:
    """Where the server's own user may go too, whatever other runs of the tests do meanwhile."""
    with tempfile.TemporaryDirectory(prefix="assent-pg-", ignore_cleanup_errors=True) as name:
        yield name


def test_nothing_outlives_a_run_that_was_killed(folder: str) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout
    left = [int(number) for number in run.stdout.readline().split()]
    assert len(left) == 2
    assert all(_is_there(one) for one in left)

    run.send_signal(signal.SIGKILL)
    run.communicate()

    eventually(lambda: not any(_is_there(one) for one in left), "all have ended", 20)


def _is_there(process: int) -> bool:
    """Whether it runs; one that only nobody has taken note of yet does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return ") Z " not in Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
