"""What agents with open pages cost those who answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import sleep

from sqlalchemy import Connection, select, update

from benchmarks.contestants import OURS, Contestant, contest
from benchmarks.figures import Figure, in_turns
from benchmarks.ground import Ground
from benchmarks.machine import ROOT
from benchmarks.tables import Table
from benchmarks.town import ORGANIZATION, key
from bot.people import accounts, sessions
from bot.people.accounts import Member
from bot.people.sessions import Browser
from bot.store.db import open_database
from bot.store.models import Account

PAGES = 200
CONNECTIONS = 8
BEGINNING = 2.0
"""Seconds in which every page asks for the first time and is answered the whole way."""


def measure(ground: Ground) -> list[Table]:
    """Replies with nobody looking, and with many pages open, in turns on PostgreSQL."""
    columns = ("pages open", "replies/s", "kept", "p50", "p99", "answers to pages, by status")
    table = Table("Replies while agents look on", WORDS, columns)
    plan = ground.plan
    seconds = 2 * plan.seconds
    ground.say("pages: contacts move in, the server starts")
    with contest(ground, "postgresql", (OURS,), 8 * (plan.rounds + 1)) as rivals:
        web = rivals[OURS]
        told: list[str] = []

        def watched() -> float:
            with _readers(web, told):
                return web.take(CONNECTIONS, seconds)

        takes = {"0": lambda: web.take(CONNECTIONS, seconds), str(PAGES): watched}
        taken = in_turns(takes, plan.rounds, "/s")
        runs = web.runs[len(takes) :]
    for name, figure in taken.items():
        mine = [run for place, run in enumerate(runs) if _is_of(name, place)]
        p50, p99 = (
            Figure(tuple(run.percentile(part) for run in mine), " ms") for part in (0.5, 0.99)
        )
        kept = figure.times(taken["0"]) if name != "0" else ""
        table.add(name, figure, kept, p50, p99, told[-1] if name != "0" else "")
    return [table]


def _is_of(name: str, place: int) -> bool:
    """Whether a run was this sample's: each round begins with the other of the two."""
    first = "0" if (place // 2) % 2 == 0 else str(PAGES)
    return (name == first) == (place % 2 == 0)


@contextmanager
def _readers(web: Contestant, told: list[str]) -> Iterator[None]:
    """Agents with pages open, as a process of their own."""
    database = open_database(web.place.url)
    with database.writing() as connection:
        cookie = _sign_in(connection)
    database.close()
    last = web.contacts
    paths = [f"/conversations/{key(last - n)[1]}/lines" for n in range(PAGES)]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.servers.readers", str(web.port), cookie, *paths],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        sleep(BEGINNING)
        yield
    finally:
        answers, _ = process.communicate("", timeout=30)
    counted = json.loads(answers)
    if set(counted) - {"200", "304"}:
        raise RuntimeError(f"pages were refused: {counted}")
    told.append(", ".join(f"{status}: {number:,}" for status, number in counted.items()))


def _sign_in(connection: Connection) -> str:
    now = datetime.now(UTC)
    email = f"agent-{now.timestamp()}@example.org"
    accounts.add_user(connection, ORGANIZATION, email, "agent", now)
    mine = Account.email == email
    connection.execute(update(Account).where(mine).values(must_change_password=False))
    own_id = connection.scalars(select(Account.id).where(mine)).one()
    member = Member(own_id, ORGANIZATION, email, "agent", False, "Acme", "UTC")
    return sessions.begin(connection, member, Browser("benchmark", ""), now)


WORDS = (
    f"{CONNECTIONS} connections reply while {PAGES} pages of the console are open and ask every "
    "1.5 seconds whether anything changed, against the same server with no page open. "
    "“kept” is the part of the rate that is left."
)
