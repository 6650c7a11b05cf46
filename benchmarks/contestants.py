"""Servers that take the same replies, each with a database of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.ground import Ground
from benchmarks.load import Run, drive
from benchmarks.naive.house import found_naively
from benchmarks.places import Place
from benchmarks.programs import Program, free_port, procfile, running, settings
from benchmarks.town import Town, found
from benchmarks.webhook import reply

OURS, GUNICORN, ALONE = "ours", "ours by gunicorn", "ours, one commit each"
TWO = "ours, two processes"
NAIVE, HTTP, FLOOR = "obvious", "HTTP alone", "floor"
GTHREAD = (
    "gunicorn --workers 1 --worker-class gthread --threads 64 --keep-alive 60 "
    "--log-level warning --bind 127.0.0.1:$PORT "
)
LINES = {
    OURS: procfile("web"),
    TWO: procfile("web").replace("${WEB_CONCURRENCY:-1}", "2"),
    GUNICORN: f"{GTHREAD} wsgi:app",
    ALONE: procfile("web").replace("wsgi:app", "benchmarks.servers.alone:app"),
    NAIVE: f"{GTHREAD} 'benchmarks.naive.app:create_app()'",
    HTTP: procfile("web").replace("wsgi:app", "benchmarks.servers.trivial:app"),
    FLOOR: procfile("web").replace("wsgi:app", "benchmarks.servers.bare:app"),
}
MOST_RATE = {NAIVE: 1_000, HTTP: 6_000, FLOOR: 4_000}
"""Replies a second that are prepared for, where it is not 3,000."""
USUAL_RATE = 3_000


@dataclass(slots=True)
class Contestant:
    """A server that runs. `runs` is what came of each run; contacts are used up one by one."""

    name: str
    place: Place
    program: Program
    port: int
    contacts: int
    runs: list[Run] = field(default_factory=list)
    _next: int = 1

    def take(self, connections: int, seconds: float) -> float:
        """Let contacts reply, each once, for so many seconds. Gives back replies a second."""
        most = int(seconds * MOST_RATE.get(self.name, USUAL_RATE))
        left = self.contacts - self._next
        if self.name == HTTP:
            self._next, left = 1, most
        numbers = range(self._next, self._next + min(most, left))
        self._next = numbers.stop
        requests = [reply(number, f"SM{number:032d}", self.port) for number in numbers]
        run = drive(self.port, requests, connections, seconds)
        self.runs.append(run)
        if not run.good:
            raise RuntimeError(f"{self.name} took nothing:\n{self.program.written[-1000:]}")
        return run.rate


@contextmanager
def contest(
    ground: Ground, kind: str, names: tuple[str, ...], samples: int
) -> Iterator[dict[str, Contestant]]:
    """Servers by these names, ready, with contacts enough for so many samples."""
    ours = int(samples * ground.plan.seconds * USUAL_RATE)
    pattern = ground.places.new(kind)
    found(pattern, Town(ours, datetime.now(UTC) - timedelta(hours=1)))
    places = {name: ground.places.copy(pattern) for name in names if name not in (NAIVE, HTTP)}
    contacts = dict.fromkeys(places, ours)
    if NAIVE in names:
        contacts[NAIVE] = int(samples * ground.plan.seconds * MOST_RATE[NAIVE])
        places[NAIVE] = ground.places.empty(kind)
        found_naively(places[NAIVE], contacts[NAIVE])
    if FLOOR in names:
        contacts[FLOOR] = int(samples * ground.plan.seconds * MOST_RATE[FLOOR])
        places[FLOOR] = ground.places.new(kind)
        found(places[FLOOR], Town(contacts[FLOOR], datetime.now(UTC) - timedelta(hours=1)))
    if HTTP in names:
        places[HTTP], contacts[HTTP] = pattern, 0
    programs: dict[str, Program] = {}
    with running(programs):
        rivals: dict[str, Contestant] = {}
        for number, (name, place) in enumerate(places.items()):
            port = free_port()
            environment = settings(place.url, port)
            program = Program(f"{kind}-{number}", LINES[name], environment, ground.folder)
            programs[name] = program
            program.ready(f"http://127.0.0.1:{port}/healthz")
            rivals[name] = Contestant(name, place, program, port, contacts[name])
        yield rivals
    ground.places.drop(pattern, *places.values())


def ceiling(ground: Ground, connections: int) -> float:
    """The requests a second that the load generator can send to a server that does nothing."""
    port = free_port()
    line = f"{sys.executable} -m benchmarks.servers.mute {port}"
    program = Program("mute", line, settings("sqlite:///", port), ground.folder)
    with running({"mute": program}):
        program.ready(f"http://127.0.0.1:{port}/")
        requests = [reply(1, "SM" + "1" * 32, port)] * 200_000
        return drive(port, requests, connections, ground.plan.seconds).rate
