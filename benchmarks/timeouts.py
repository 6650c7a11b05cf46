"""Time is up for many at once: by the engine, the raw driver, and engines that wait for each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from benchmarks import lateness
from benchmarks.figures import Figure, in_turns
from benchmarks.ground import Ground
from benchmarks.machine import ROOT
from benchmarks.naive.house import found_naively
from benchmarks.places import KINDS, Place
from benchmarks.tables import Table
from benchmarks.town import Town, found
from bot.worker import BATCH

LONGEST = 600.0
"""Seconds that one program may take."""

Found = dict[str, float]

LOSSES = {
    "engine": "nothing: what is due is in the row itself, and a batch commits or never was",
    "APScheduler, a job a contact": "jobs that fired and had not committed",
    "DBOS, a workflow a contact": "nothing, but a step may run twice",
    "procrastinate, a job a contact": "nothing, but a running job hangs until it is retried",
}


def measure(ground: Ground) -> list[Table]:
    """Many due at once; other engines; and a thousand a second while replies go on."""
    columns = (
        "database", "due at once", "engine, a second", "floor, a second", "engine/floor",
        "engine, peak MiB", "floor, peak MiB",
    )  # fmt: skip
    many = Table("Many due at once", MANY.format(batch=BATCH), columns)
    for kind in KINDS:
        _many_on(ground, kind, many)
    if ground.plan.million:
        return [many]
    return [many, _peers(ground), lateness.measure(ground)]


def _many_on(ground: Ground, kind: str, table: Table) -> None:
    plan = ground.plan
    rounds = 1 if plan.million else plan.rounds
    town = Town(plan.due * rounds, datetime.now(UTC) - timedelta(hours=25), plan.due)
    ground.say(f"timeouts on {kind}: {town.count:,} contacts move in")
    place = ground.places.new(kind)
    found(place, town)
    twin = ground.places.copy(place)
    ground.say(f"timeouts on {kind}: {rounds} times {plan.due:,} are due")
    kept: dict[str, list[Found]] = {"engine": [], "floor": []}

    def sample(how: str, where: Place) -> Callable[[], float]:
        numbers = count()

        def take() -> float:
            now = town.due_in_round(next(numbers)).isoformat()
            kept[how].append(child("benchmarks.expiring", how, where.url, now))
            return kept[how][-1]["expire"]

        return take

    samples = {"engine": sample("engine", place), "floor": sample("floor", twin)}
    taken = in_turns(samples, rounds, "/s", warm=False)
    peaks = [Figure(tuple(one["peak"] for one in kept[how])) for how in kept]
    ours, floor = taken["engine"], taken["floor"]
    table.add(kind, f"{plan.due:,}", ours, floor, ours.times(floor), *peaks)
    ground.places.drop(place, twin)


def _peers(ground: Ground) -> Table:
    """A few hundred contacts, for each of which another engine keeps something that waits."""
    columns = (
        "engine",
        "begun, a second",
        "expired, a second",
        "ours is",
        "peak MiB",
        "lost on kill -9",
    )
    table = Table(
        "Engines that wait for each contact", PEERS.format(jobs=ground.plan.jobs), columns
    )
    kept: dict[str, list[Found]] = {name: [] for name in LOSSES}

    def sample(name: str) -> Callable[[], float]:
        def take() -> float:
            ground.say(f"timeouts: {name}")
            kept[name].append(_run_peer(ground, name))
            return kept[name][-1]["expire"]

        return take

    taken = in_turns({name: sample(name) for name in LOSSES}, ground.plan.rounds, "/s", warm=False)
    for name, figure in taken.items():
        begun = Figure(tuple(one["begin"] for one in kept[name]), "/s") if name != "engine" else ""
        ratio = taken["engine"].times(figure) if name != "engine" else ""
        peak = Figure(tuple(one["peak"] for one in kept[name]))
        table.add(name, begun, figure, ratio, peak, LOSSES[name])
    return table


def _run_peer(ground: Ground, name: str) -> Found:
    jobs = ground.plan.jobs
    if name.startswith("APScheduler"):
        place = ground.places.empty("postgresql")
        found_naively(place, jobs)
        result = child("benchmarks.peers.jobs", place.url, str(jobs))
    else:
        place = ground.places.new("postgresql")
        town = Town(jobs, datetime.now(UTC) - timedelta(hours=25))
        found(place, town)
        if name == "engine":
            now = town.due_in_round(0).isoformat()
            result = child("benchmarks.expiring", "engine", place.url, now)
        else:
            module = "workflows" if name.startswith("DBOS") else "queue"
            result = child(f"benchmarks.peers.{module}", place.url, str(jobs))
    ground.places.drop(place)
    return result


def child(module: str, *arguments: str) -> Found:
    """Run a program of ours to its end, and give back what it told."""
    told = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=LONGEST, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    if told.returncode:
        raise RuntimeError(f"{module} failed:\n{told.stderr[-2000:]}")
    result: Found = json.loads(told.stdout.splitlines()[-1])
    return result


MANY = (
    "Conversations whose 24 hours are up at the same moment, taken by one process in the "
    "worker's batches of {batch}, against the raw driver with the same rows and as many "
    "commits. Each sample is a process of its own; peak memory includes the interpreter and "
    "every import."
)
PEERS = (
    "{jobs} contacts on PostgreSQL, all due at once. *begun* is how fast the engine takes note "
    "that somebody is waited for; ours does it in the same row and commit as the request. What "
    "happens at the end of the wait is in each case the same rows, for DBOS and procrastinate "
    "by the raw driver. Temporal, Restate and Hatchet need a server of their own that no Python "
    "package carries, and are not measured. “ours is” says how many times the rate ours "
    "reached."
)
