"""What a hundred times as many contacts cost: the paths that are taken all day, small and big."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from time import perf_counter
from uuid import uuid4

from flask.testing import FlaskClient

from benchmarks.figures import in_turns
from benchmarks.ground import Ground
from benchmarks.places import Place
from benchmarks.plans import plan_of
from benchmarks.programs import settings
from benchmarks.tables import Table
from benchmarks.town import ORGANIZATION, SENDER, Town, answer, found, key, phone
from bot.app import create_app
from bot.config import load_settings
from bot.conversations import engine
from bot.conversations.inbound import Inbound
from bot.people import accounts
from bot.runtime import load_runtime
from bot.store.db import Database
from flows.replies import Heard

MANY = 32
Path = Callable[[int], object]
"""Something that is done all day, for one contact by number."""


@dataclass(frozen=True, slots=True)
class Size:
    """A database with so many contacts, and the application on top of it."""

    count: int
    database: Database
    client: FlaskClient
    headers: dict[str, str]

    def hear(self, number: int, many: int) -> None:
        """So many contacts say yes in one commit."""
        now = datetime.now(UTC)
        said = [
            Inbound(f"SM{uuid4().hex}", SENDER, phone(number + place), Heard(answer(place)))
            for place in range(many)
        ]
        with self.database.writing() as connection:
            engine.receive(connection, said, now, now)

    def call(self, path: str, **query: str) -> None:
        """Call the JSON API."""
        answer = self.client.get(f"/api/v1{path}", query_string=query, headers=self.headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} {query}: {answer.status} {answer.get_data(as_text=True)}")


def measure(ground: Ground) -> list[Table]:
    """Both sizes in turns on PostgreSQL, and the plans of the big one."""
    small, big = ground.plan.small, ground.plan.big
    columns = ("path", f"{small:,} contacts", f"{big:,} contacts", "slower by")
    times = Table("The same path with more contacts", TIMES, columns)
    plans = Table("What is looked up, and how", PLANS, ("path", "indexes", "read whole"))
    places = [ground.places.new("postgresql") for _ in range(2)]
    sizes = [_open(ground, *one) for one in zip(places, (small, big), strict=True)]
    paths = [_paths(size) for size in sizes]
    numbers = {name: NUMBERS.get(name, _anybody) for name in paths[0]}
    for name in paths[0]:
        ground.say(f"growth: {name}")
        calls = ONCE if name in NUMBERS else ground.plan.calls
        samples = {
            str(size.count): _milliseconds(path[name], numbers[name](size.count), calls)
            for size, path in zip(sizes, paths, strict=True)
        }
        few, many = in_turns(samples, ground.plan.rounds, " ms").values()
        times.add(name, few, many, many.times(few))
        plans.add(name, *plan_of(sizes[1].database, partial(paths[1][name], 7)))
    for size in sizes:
        size.database.close()
    ground.places.drop(*places)
    return [times, plans]


def _open(ground: Ground, place: Place, count: int) -> Size:
    begun = perf_counter()
    found(place, Town(count, datetime.now(UTC) - timedelta(hours=1), searchable=True))
    ground.say(f"growth: {count:,} contacts moved in within {perf_counter() - begun:.0f} s")
    given = {name.lower(): value for name, value in settings(place.url, 8000).items()}
    runtime = load_runtime(load_settings(**given))
    client = create_app(runtime).test_client()
    with runtime.database.writing() as connection:
        secret = accounts.add_token(connection, ORGANIZATION, "growth", datetime.now(UTC))
    return Size(count, runtime.database, client, {"Authorization": f"Bearer {secret}"})


def _milliseconds(path: Path, numbers: Iterator[int], calls: int) -> Callable[[], float]:
    def sample() -> float:
        begun = perf_counter()
        for _ in range(calls):
            path(next(numbers))
        return 1000 * (perf_counter() - begun) / calls

    return sample


def _anybody(count: int) -> Iterator[int]:
    dice = Random(1)
    while True:
        yield dice.randrange(1, count)


def _each_once(count: int) -> Iterator[int]:
    """Contacts who have not answered yet: a second yes costs less than the first."""
    late = range(count - count // 10, count)
    return iter(Random(1).sample(late, min(len(late), 1_000)))


def _neighbours_once(count: int) -> Iterator[int]:
    """The first of `MANY` who have not answered yet."""
    early = range(1, count - count // 10 - MANY, MANY)
    return iter(Random(1).sample(early, min(len(early), 1_000)))


def _paths(size: Size) -> dict[str, Path]:
    return {
        REPLY: lambda number: size.hear(number, 1),
        REPLIES: lambda number: size.hear(number, MANY),
        "may I write to them?": lambda number: size.call(
            "/may-send", phone=phone(number), channel="whatsapp"
        ),
        "timeline": lambda number: size.call(f"/conversations/{key(number)[1]}/timeline"),
        "contact by number": lambda number: size.call("/contacts", q=phone(number)),
        "contact by name": lambda number: size.call("/contacts", q=f"jo {number}"),
        "contacts by a common name": lambda _: size.call("/contacts", q="jo"),
        "first page of contacts": lambda _: size.call("/contacts"),
        "first page of those asked": lambda _: size.call("/contacts", state="requested"),
    }


ONCE = 20
"""Replies in one sample: in the small town, too, each contact answers once."""

REPLY, REPLIES = "a reply", f"{MANY} replies in one commit"
NUMBERS = {REPLY: _each_once, REPLIES: _neighbours_once}

TIMES = (
    "On PostgreSQL, in one process: replies through the engine, the rest through the JSON API "
    "without a network, for contacts picked at random."
)
PLANS = "As PostgreSQL plans the statements of each path on the big database."
