"""What every measurement stands on: how much to measure, where, and whom to tell."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from benchmarks.places import Places


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. `seconds` is how long one sample of a running server lasts.

    `calls` are those of a path in one sample; among millions of contacts some wait for the disk and
    others do not, so it takes many.
    """

    rounds: int = 5
    seconds: float = 0.5
    turns: int = 256
    due: int = 12_000
    jobs: int = 200
    small: int = 5_000
    big: int = 200_000
    calls: int = 20
    letters: int = 500
    idle: float = 3.0
    leaving: int = 50
    quick: bool = False
    million: bool = False


STANDARD = Plan()
QUICK = Plan(
    rounds=2, seconds=0.3, turns=64, due=1_000, jobs=40, small=2_500, big=5_000, letters=100,
    idle=1.0, leaving=5,
    quick=True,
)  # fmt: skip
MILLION = Plan(due=1_000_000, big=5_000_000, calls=100, million=True)


@dataclass(frozen=True, slots=True)
class Ground:
    """A plan, databases, a folder for what is thrown away afterwards, and a line to the person."""

    plan: Plan
    places: Places
    folder: Path
    begun: float = field(default_factory=monotonic)

    def say(self, what: str) -> None:
        """Tell on standard error what is being measured."""
        passed = int(monotonic() - self.begun)
        print(f"{passed // 60:3d}:{passed % 60:02d}  {what}", file=sys.stderr, flush=True)
