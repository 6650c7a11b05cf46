"""What takes the time now: in the web process, and in the engine alone."""

from __future__ import annotations

import cProfile
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from types import CodeType

from benchmarks.batches import voices
from benchmarks.contestants import OURS, contest
from benchmarks.ground import Ground
from benchmarks.machine import ROOT
from benchmarks.programs import BINARIES
from benchmarks.tables import Table
from benchmarks.town import SENDER, Town, answer, found, phone
from bot.conversations import engine
from bot.conversations.inbound import Inbound
from bot.store.db import open_database
from flows.replies import Heard

BATCH = 32
CONNECTIONS = 32
MOST_SHOWN = 20


def measure(ground: Ground) -> list[Table]:
    """Samples of the web process while replies come, and a profile of batches of 32."""
    return [*_of_web(ground), _of_engine(ground)]


def _of_web(ground: Ground) -> Iterator[Table]:
    """By function and by package: who held the interpreter when py-spy looked."""
    seconds = max(1, round(8 * ground.plan.seconds))
    samples = int(2 * seconds / ground.plan.seconds)
    ground.say("profile: the web process")
    with contest(ground, "postgresql", (OURS,), samples) as rivals:
        web = rivals[OURS]
        web.take(CONNECTIONS, ground.plan.seconds)
        seen = ground.folder / "py-spy.txt"
        spy = subprocess.Popen(
            [BINARIES / "py-spy", "record", "--pid", str(web.program.members[0]), "--subprocesses",
             "--gil", "--function", "--format", "raw", "--rate", "200", "--duration", str(seconds),
             "--output", seen],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while spy.poll() is None:
            web.take(CONNECTIONS, ground.plan.seconds)
        if spy.returncode:
            words = spy.stderr.read() if spy.stderr else ""
            yield Table("In the web process", f"py-spy could not look: {words[-300:]}", ("", ""))
            return
    functions, packages = _counted(seen.read_text(encoding="utf-8"))
    yield _shares("In the web process, by function", WEB, functions)
    yield _shares("In the web process, by package", "The same samples.", packages)


def _counted(stacks: str) -> tuple[Counter[str], Counter[str]]:
    functions: Counter[str] = Counter()
    packages: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, number = line.rpartition(" ")
        frame = stack.split(";")[-1]
        if frame.startswith("process "):
            continue
        functions[_short(frame)] += int(number)
        packages[_package(frame)] += int(number)
    return functions, packages


def _package(frame: str) -> str:
    """The package of a frame such as `execute (sqlalchemy/engine/base.py:1968)`."""
    path = frame.rpartition("(")[2].rstrip(")").partition(":")[0]
    return _inside(path).split("/")[0].removesuffix(".py")


def _short(frame: str) -> str:
    name, _, path = frame.rpartition(" (")
    return f"{name} ({_inside(path)}"


def _inside(path: str) -> str:
    """A path as it is imported, whoever keeps it where."""
    tail = re.split(r"site-packages/|python3\.\d+/", path)[-1]
    return tail.removeprefix(f"{ROOT}/")


def _shares(title: str, words: str, counted: Counter[str]) -> Table:
    table = Table(title, words, ("where", "part"))
    for where, number in counted.most_common(MOST_SHOWN):
        table.add(f"`{where}`", f"{100 * number / counted.total():.1f} %")
    return table


def _of_engine(ground: Ground) -> Table:
    ground.say("profile: the engine, in batches of 32")
    batches = max(4, ground.plan.turns // BATCH * 4)
    place = ground.places.new("postgresql")
    found(place, Town(batches * BATCH + 2 * BATCH, datetime.now(UTC) - timedelta(hours=1)))
    database, heard, now = open_database(place.url), voices(), datetime.now(UTC)
    profile = cProfile.Profile()
    for number in range(batches + 1):
        said = [Inbound(sid, SENDER, phone(n), Heard(answer(n))) for n, sid in islice(heard, BATCH)]
        with database.writing() as connection:
            if number:
                profile.enable()
            engine.receive(connection, said, now, now)
            profile.disable()
    database.close()
    ground.places.drop(place)
    return _own_times(profile, batches * BATCH)


def _own_times(profile: cProfile.Profile, turns: int) -> Table:
    columns = ("function", "own µs a reply", "part", "calls a reply")
    table = Table("In the engine, batches of 32", ENGINE, columns)
    entries = sorted(profile.getstats(), key=lambda entry: -entry.inlinetime)
    total = sum(entry.inlinetime for entry in entries)
    for entry in entries[:MOST_SHOWN]:
        table.add(
            f"`{_named(entry.code)}`",
            f"{1e6 * entry.inlinetime / turns:.1f}",
            f"{100 * entry.inlinetime / total:.1f} %",
            f"{entry.callcount / turns:.2f}",
        )
    return table


def _named(code: CodeType | str) -> str:
    if isinstance(code, str):
        return code.strip("<>")
    return f"{code.co_qualname} ({_inside(code.co_filename)}:{code.co_firstlineno})"


WEB = (
    "Samples by py-spy of whoever held the interpreter while replies came over 32 connections. "
    "Time in C is counted to the function that called it."
)
ENGINE = (
    "`cProfile` of `engine.receive` without HTTP; it makes small functions look dearer than "
    "they are. Waiting for the database counts as `execute` and `fetch`."
)
