"""The figures of a report: sums of its cells, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Self
from uuid import UUID

from bot.conversations.report import OUTCOMES, SLOTS, Cell

ANSWERS = ("in", "out")
QUIET = ("silent", "waiting", "brought")
"""Nothing came back: they are counted once more if the request surely arrived."""

UNANSWERED = tuple(name for name in OUTCOMES if name not in ANSWERS)


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of requests, in conversations.

    The first seven add up. `said_yes` and `said_no` count first answers, `withdrawn` those who said
    yes and took it back. `absent` are not on the channel, `lost` did not arrive for another reason;
    of `brought` a consent was brought in from elsewhere before they answered. `silent_arrived` and
    the like are those of the silent, waiting and brought who surely got it.
    """

    said_yes: int = 0
    said_no: int = 0
    silent: int = 0
    waiting: int = 0
    absent: int = 0
    lost: int = 0
    brought: int = 0
    silent_arrived: int = 0
    waiting_arrived: int = 0
    brought_arrived: int = 0
    withdrawn: int = 0

    @property
    def asked(self) -> int:
        """Everybody who was asked."""
        return self.answered + self.quiet + self.absent + self.lost

    @property
    def answered(self) -> int:
        """Who said yes or no."""
        return self.said_yes + self.said_no

    @property
    def quiet(self) -> int:
        """From whom nothing came back, though nothing says that it did not arrive."""
        return self.silent + self.waiting + self.brought

    @property
    def _quiet_arrived(self) -> int:
        return self.silent_arrived + self.waiting_arrived + self.brought_arrived

    @property
    def arrived(self) -> int:
        """Who surely got it: it was reported delivered, or they answered."""
        return self.answered + self._quiet_arrived

    @property
    def unconfirmed(self) -> int:
        """Of whom nothing more is known than that it was sent."""
        return self.quiet - self._quiet_arrived

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Self:
        """Add cells up."""
        counted = dict.fromkeys((field.name for field in fields(cls)), 0)
        for cell in cells:
            counted[NAMES[cell.outcome]] += cell.count
            if cell.outcome in QUIET:
                counted[f"{cell.outcome}_arrived"] += cell.arrived
            counted["withdrawn"] += cell.withdrawn
        return cls(**counted)


NAMES = {"in": "said_yes", "out": "said_no"} | {name: name for name in UNANSWERED}


def by_sender(cells: Sequence[Cell]) -> dict[UUID, Figures]:
    """The figures of each sender."""
    return {
        sender: Figures.of(cell for cell in cells if cell.sender_id == sender)
        for sender in sorted({cell.sender_id for cell in cells})
    }


def by_day(cells: Sequence[Cell]) -> dict[int, Figures]:
    """Who answered on each day that had answers."""
    days = sorted({cell.day for cell in cells if cell.day is not None})
    return {day: Figures.of(cell for cell in cells if cell.day == day) for day in days}


def by_slot(cells: Sequence[Cell]) -> list[Figures]:
    """Who answered within each of the spans of `SLOTS`, and later."""
    return [
        Figures.of(cell for cell in cells if cell.slot == place) for place in range(len(SLOTS) + 1)
    ]
