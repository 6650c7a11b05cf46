"""A worker that sends to a stand-in: queue messages for it, and see when they arrive."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep, time

from sqlalchemy import update

from benchmarks.ground import Ground
from benchmarks.places import Place
from benchmarks.programs import Program, free_port, procfile, running, settings
from benchmarks.replies import count_of
from benchmarks.town import MESSAGE, ORGANIZATION, SENDER_ID, Town, found, row_id
from bot.store.db import Database, open_database
from bot.store.models import Message, Sender

UNLIMITED = 1e6
"""A sender's rate a second that nothing reaches."""

LONGEST = 120.0
LEFT = "SELECT count(*) FROM message WHERE status IN ('queued', 'sending', 'unknown')"


@dataclass(slots=True)
class Post:
    """A database with contacts, a worker, and the stand-in that it sends to."""

    place: Place
    database: Database
    address: str
    worker: Program
    _next: int = 1

    def waits(self, seconds: float) -> None:
        """Have the stand-in take so long for each answer."""
        self.ask(f"wait/{seconds}")

    def ask(self, what: str) -> list[float]:
        """Tell the stand-in something; the moments of arrival that it knows."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.address}/control/{what}", timeout=30) as answer:
            moments: list[float] = json.load(answer)
            return moments

    def limit(self, per_second: float) -> None:
        """Set the rate of the sender."""
        with self.database.writing() as connection:
            values = {"per_second": per_second, "free_at": None}
            connection.execute(update(Sender).where(Sender.id == SENDER_ID).values(values))

    def queue(self, count: int) -> float:
        """Queue the requests of so many contacts; the moment of the commit."""
        first, last = self._next, self._next + count - 1
        self._next += count
        values = {"status": "queued", "sid": None, "sent_at": None, "due_at": datetime.now(UTC)}
        with self.database.writing() as connection:
            connection.execute(
                update(Message)
                .where(Message.organization_id == ORGANIZATION)
                .where(Message.id.between(row_id(MESSAGE, first), row_id(MESSAGE, last)))
                .values(values)
            )
        return time()

    def send(self, count: int) -> float:
        """Queue so many and wait until all are sent and recorded; messages a second."""
        begun = self.queue(count)
        self.settled()
        return count / (time() - begun)

    def settled(self) -> None:
        """Wait until nothing is on its way. Raises `TimeoutError`."""
        deadline = monotonic() + LONGEST
        while count_of(self.place, LEFT):
            if monotonic() > deadline:
                raise TimeoutError(f"messages are left:\n{self.worker.written[-1000:]}")
            sleep(0.02)


@contextmanager
def post_office(ground: Ground, kind: str, contacts: int) -> Iterator[Post]:
    """A worker and a stand-in, running, with so many contacts to write to."""
    place = ground.places.new(kind)
    found(place, Town(contacts, datetime.now(UTC) - timedelta(hours=1)))
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    line = f"{sys.executable} -m benchmarks.servers.stand_in {port}"
    environment = settings(place.url, free_port(), TWILIO_API_URL=address)
    programs = {"stand-in": Program(f"stand-in-{kind}", line, environment, ground.folder)}
    with running(programs):
        programs["stand-in"].ready(f"{address}/control/arrivals")
        worker = Program(f"worker-{kind}", procfile("worker"), environment, ground.folder)
        programs["worker"] = worker
        database = open_database(place.url)
        post = Post(place, database, address, worker)
        post.limit(UNLIMITED)
        post.send(10)
        yield post
        database.close()
    ground.places.drop(place)
