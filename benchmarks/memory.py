"""How much memory a process holds once it has worked."""

from __future__ import annotations

from benchmarks.contestants import HTTP, NAIVE, OURS, contest
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from benchmarks.programs import Program, free_port, procfile, running, settings
from benchmarks.tables import Table

CONNECTIONS = 32


def measure(ground: Ground) -> list[Table]:
    """Web servers before and after replies, and the worker beside them."""
    columns = ("what", "started, MiB", "after replies, MiB", "replies")
    table = Table("Memory", WORDS, columns)
    rounds = ground.plan.rounds
    ground.say("memory: contacts move in, servers start")
    with contest(ground, "postgresql", (OURS, NAIVE, HTTP), rounds) as rivals:
        environment = settings(rivals[OURS].place.url, free_port())
        worker = Program("worker-memory", procfile("worker"), environment, ground.folder)
        with running({"worker": worker}):
            begun = {name: rival.program.memory for name, rival in rivals.items()}
            ground.say("memory: replies")
            for _ in range(rounds):
                for rival in rivals.values():
                    rival.take(CONNECTIONS, ground.plan.seconds)
            for name, rival in rivals.items():
                taken = sum(run.good for run in rival.runs)
                after = Figure((rival.program.memory,))
                table.add(name, Figure((begun[name],)), after, f"{taken:,}")
            table.add("worker", "", Figure((worker.memory,)), "")
    return [table]


WORDS = (
    "All processes of a server together (proportional set size: what they share is counted "
    "once), on PostgreSQL, after replies over 32 connections."
)
