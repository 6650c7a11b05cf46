"""How long until it answers, and what the time goes to."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from time import monotonic, perf_counter

from benchmarks.contestants import HTTP, LINES, NAIVE, OURS
from benchmarks.figures import in_turns
from benchmarks.ground import Ground
from benchmarks.machine import ROOT
from benchmarks.naive.house import found_naively
from benchmarks.places import Place
from benchmarks.programs import Program, free_port, procfile, running, settings, until
from benchmarks.replies import count_of
from benchmarks.tables import Table
from bot.store.db import open_database

MOST_SHOWN = 12
WORKER = "worker"
MEANT = {
    OURS: "web, until /healthz answers 200",
    WORKER: "worker, until its first heartbeat",
    NAIVE: "the obvious server",
    HTTP: "HTTP alone",
}


def measure(ground: Ground) -> list[Table]:
    """Starts of web and worker, and the costliest imports."""
    columns = ("what", "seconds", "times HTTP alone")
    starts = Table("From exec to work", "On PostgreSQL, with a migrated database.", columns)
    place, plain = ground.places.new("postgresql"), ground.places.empty("postgresql")
    found_naively(plain, 1)
    ground.say("start: web and worker")
    samples: dict[str, Callable[[], float]] = {
        name: _web(ground, name, plain if name == NAIVE else place) for name in (OURS, NAIVE, HTTP)
    }
    samples[WORKER] = lambda: _worker(ground, place)
    taken = in_turns(samples, ground.plan.rounds, " s")
    for name, words in MEANT.items():
        starts.add(words, taken[name], taken[name].times(taken[HTTP]))
    ground.places.drop(place, plain)
    return [starts, _imports(ground)]


def _web(ground: Ground, name: str, place: Place) -> Callable[[], float]:
    def sample() -> float:
        port = free_port()
        program = Program("start", LINES[name], settings(place.url, port), ground.folder)
        with running({"web": program}):
            return program.ready(f"http://127.0.0.1:{port}/healthz")

    return sample


def _worker(ground: Ground, place: Place) -> float:
    database = open_database(place.url)
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM heartbeat")
    database.close()
    begun, deadline = perf_counter(), monotonic() + 60
    program = Program("start", procfile("worker"), settings(place.url, free_port()), ground.folder)
    with running({"worker": program}):
        while not count_of(place, "SELECT count(*) FROM heartbeat WHERE name = 'worker'"):
            until(deadline, f"no heartbeat:\n{program.written[-1000:]}")
        return perf_counter() - begun


def _imports(ground: Ground) -> Table:
    """Milliseconds by package, from Python's own account."""
    ground.say("start: imports")
    table = Table("What is imported", IMPORTS, ("package", "milliseconds", "part of all"))
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import wsgi"],
        cwd=ROOT, env=settings("postgresql://127.0.0.1/nothing", 8000), capture_output=True,
        text=True, check=True,
    ).stderr  # fmt: skip
    spent: Counter[str] = Counter()
    for microseconds, module in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", told):
        spent[module.split(".")[0]] += int(microseconds)
    for package, microseconds in spent.most_common(MOST_SHOWN):
        part = f"{100 * microseconds / spent.total():.0f} %"
        table.add(package, f"{microseconds / 1000:.0f}", part)
    table.add("all", f"{spent.total() / 1000:.0f}", "100 %")
    return table


IMPORTS = (
    "`python -X importtime -c 'import wsgi'`, the time in a package's own modules; measuring makes "
    "all of it slower."
)
