"""The outbox: how fast one worker sends, how exactly it keeps a rate, what it costs to wait."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from time import monotonic, sleep

from benchmarks.figures import Figure, in_turns
from benchmarks.ground import Ground
from benchmarks.places import KINDS
from benchmarks.post import LONGEST, UNLIMITED, Post, post_office
from benchmarks.programs import Program, free_port, procfile, running, settings
from benchmarks.tables import Table
from benchmarks.timeouts import child

WAITS = (0.0, 0.15)
RATE = 80
SECONDS_AT_RATE = 4


def measure(ground: Ground) -> list[Table]:
    """Throughput on both databases; rate, delay and idle cost on PostgreSQL."""
    columns = (
        "database",
        "the answer takes",
        "worker, messages/s",
        "SDK in threads/s",
        "worker/SDK",
    )
    speed = Table("Messages a second", SPEED.format(letters=ground.plan.letters), columns)
    single = Table("One at a time", SINGLE, ("what", "figure"))
    plan = ground.plan
    needed = (
        plan.letters * (plan.rounds + 1) * len(WAITS) + RATE * SECONDS_AT_RATE + plan.leaving + 10
    )
    for kind in KINDS:
        ground.say(f"outbox on {kind}: contacts move in")
        with post_office(ground, kind, needed) as post:
            for seconds in WAITS:
                _speed(ground, kind, post, seconds, speed)
            if kind == "postgresql":
                _single(ground, post, single)
    return [speed, single]


def _speed(ground: Ground, kind: str, post: Post, seconds: float, table: Table) -> None:
    ground.say(f"outbox on {kind}: answers after {seconds * 1000:.0f} ms")
    letters = ground.plan.letters
    post.waits(seconds)

    def by_sdk() -> float:
        return child("benchmarks.peers.loop", post.address, str(letters))["sent"]

    samples: dict[str, Callable[[], float]] = {"worker": lambda: post.send(letters), "SDK": by_sdk}
    taken = in_turns(samples, ground.plan.rounds, "/s")
    ours, sdk = taken["worker"], taken["SDK"]
    table.add(kind, f"{seconds * 1000:.0f} ms", ours, sdk, ours.times(sdk))


def _single(ground: Ground, post: Post, table: Table) -> None:
    post.waits(0)
    ground.say("outbox: from commit to leaving, one message at a time")
    delays = sorted(_delay(post) for _ in range(ground.plan.leaving))
    middle, worst = delays[len(delays) // 2], delays[-1]
    table.add(
        f"from commit to arrival when nothing waits, p50 of {len(delays)}", f"{middle:.0f} ms"
    )
    table.add("the longest of these", f"{worst:.0f} ms")
    ground.say(f"outbox: {RATE} a second")
    post.limit(RATE)
    post.ask("clear")
    post.send(RATE * SECONDS_AT_RATE)
    moments = post.ask("arrivals")
    most = max(bisect_left(moments, moment + 1) - place for place, moment in enumerate(moments))
    table.add(f"most arrivals in any second at a limit of {RATE}", str(most))
    passed = moments[-1] - moments[0]
    table.add("arrivals a second over all at that limit", f"{(len(moments) - 1) / passed:.1f}")
    post.limit(UNLIMITED)
    table.add("processor seconds a minute, web and worker idle", _idle(ground, post))


def _delay(post: Post) -> float:
    """Milliseconds from the commit of one message until it arrives."""
    post.ask("clear")
    committed = post.queue(1)
    deadline = monotonic() + LONGEST
    while not (moments := post.ask("arrivals")):
        if monotonic() > deadline:
            raise TimeoutError("a message does not leave")
        sleep(0.01)
    post.settled()
    return 1000 * (moments[0] - committed)


def _idle(ground: Ground, post: Post) -> Figure:
    ground.say("outbox: idle")
    port = free_port()
    web = Program("idle", procfile("web"), settings(post.place.url, port), ground.folder)
    with running({"web": web}):
        web.ready(f"http://127.0.0.1:{port}/healthz")
        sleep(1)
        costs = []
        for _ in range(3):
            before = web.processor_seconds + post.worker.processor_seconds
            sleep(ground.plan.idle)
            used = web.processor_seconds + post.worker.processor_seconds - before
            costs.append(60 * used / ground.plan.idle)
    return Figure(tuple(costs), " s")


SPEED = (
    "{letters} requests queued at once; one worker process (the Procfile's line) sends them to a "
    "stand-in and records what came of each. Against Twilio's SDK with its own HTTP client in 64 "
    "threads, which records nothing: after `kill -9` it does not know what was sent, while the "
    "worker looks for what is in doubt before it sends again."
)
SINGLE = "On PostgreSQL. Arrival is when the stand-in has read the request."
