"""What was measured: figures taken in turns, and the ratios between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Sample = Callable[[], float]
"""Does its work once, and gives back what came of it: a rate, a time, a size."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The same thing measured several times."""

    values: tuple[float, ...]
    unit: str = ""

    @property
    def median(self) -> float:
        """The value in the middle."""
        return median(self.values)

    @property
    def lowest(self) -> float:
        """The smallest value."""
        return min(self.values)

    @property
    def highest(self) -> float:
        """The largest value."""
        return max(self.values)

    def times(self, other: Figure) -> Figure:
        """How many times `other` this is, round by round: what disturbed one, disturbed both."""
        pairs = zip(self.values, other.values, strict=True)
        return Figure(tuple(mine / theirs for mine, theirs in pairs), "×")

    def __str__(self) -> str:
        middle = _spell(self.median)
        if len(self.values) == 1:
            return f"{middle}{self.unit}"
        return f"{middle}{self.unit} ({_spell(self.lowest)}–{_spell(self.highest)})"


def _spell(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def in_turns(
    samples: Mapping[str, Sample], rounds: int, unit: str, *, warm: bool = True
) -> dict[str, Figure]:
    """Take every sample once a round; a first round warms up and is not counted.

    Each round begins with another sample: what one leaves behind must not always meet the same.
    """
    if warm:
        for sample in samples.values():
            sample()
    taken: dict[str, list[float]] = {name: [] for name in samples}
    order = deque(samples)
    for _ in range(rounds):
        for name in order:
            taken[name].append(samples[name]())
        order.rotate(-1)
    return {name: Figure(tuple(values), unit) for name, values in taken.items()}
