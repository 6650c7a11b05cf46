"""Drawings of a report: shapes in a coordinate system of their own, which pages put into SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 960, 400
COLUMN = 14
TOP, BOTTOM, GAP = 24, 380, 22
LABEL = 168
"""Room on the right for the words of the last column."""

THIN = 1.5
"""The least height of something that is not nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stream: how many, by what name, and the part that it comes from."""

    name: str
    words: str
    count: int
    column: int
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A part as it is drawn, with where its words stand and its share of the whole."""

    part: Part
    x: float
    y: float
    height: float
    share: str

    @property
    def middle(self) -> float:
        """Where the words beside it are centred."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Ribbon:
    """What flows from one block to another."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Stream:
    """A whole drawing."""

    blocks: list[Block]
    ribbons: list[Ribbon]

    @property
    def ladder(self) -> list[Block]:
        """The blocks, each followed by those that come from it."""
        first = (block for block in self.blocks if not block.part.source)
        return [one for block in first for one in self._from(block)]

    def _from(self, block: Block) -> list[Block]:
        followers = (one for one in self.blocks if one.part.source == block.part.name)
        return [block, *(one for follower in followers for one in self._from(follower))]


def stream(parts: Sequence[Part]) -> Stream:
    """Draw how a whole divides from column to column. The first part is the whole."""
    whole = max(parts[0].count, 1)
    shown = [part for part in parts if part.count or part is parts[0]]
    columns = max(part.column for part in parts)
    step = (WIDTH - LABEL - COLUMN) / max(columns, 1)
    most = max(sum(part.column == place for part in shown) for place in range(columns + 1))
    scale = (BOTTOM - TOP - GAP * (most - 1)) / whole
    blocks: dict[str, Block] = {}
    for place in range(columns + 1):
        y = float(TOP)
        for part in (part for part in shown if part.column == place):
            height = max(part.count * scale, THIN)
            share = percent(part.count, whole)
            blocks[part.name] = Block(part, round(place * step, 1), round(y, 1), height, share)
            y += height + GAP
    return Stream(list(blocks.values()), _ribbons(blocks, scale))


def _ribbons(blocks: dict[str, Block], scale: float) -> list[Ribbon]:
    taken: dict[str, float] = {}
    ribbons = []
    for block in blocks.values():
        source = blocks.get(block.part.source or "")
        if source is None or not block.part.count:
            continue
        start = source.y + taken.get(source.part.name, 0.0)
        taken[source.part.name] = taken.get(source.part.name, 0.0) + block.part.count * scale
        ribbons.append(Ribbon(block.part.name, _band(source, start, block)))
    return ribbons


def _band(source: Block, start: float, block: Block) -> str:
    left, right = source.x + COLUMN, block.x
    bend = (left + right) / 2
    upper = f"M{left:.1f} {start:.1f}C{bend:.1f} {start:.1f} {bend:.1f} {block.y:.1f}"
    end, last = block.y + block.height, start + block.height
    lower = f"V{end:.1f}C{bend:.1f} {end:.1f} {bend:.1f} {last:.1f} {left:.1f} {last:.1f}Z"
    return f"{upper} {right:.1f} {block.y:.1f}{lower}"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a row of bars: pieces on top of each other, each with its name."""

    words: str
    x: float
    width: float
    total: int
    pieces: list[tuple[str, float, float, int]]
    labelled: bool


BARS_HEIGHT = 150
BARS_WIDTH = 640


def bars(columns: Sequence[tuple[str, Sequence[tuple[str, int]]]], labels: int = 8) -> list[Bar]:
    """Draw columns of counts, each given as its words and its pieces from the bottom up."""
    most = max((sum(count for _, count in pieces) for _, pieces in columns), default=0) or 1
    step = BARS_WIDTH / max(len(columns), 1)
    every = max(1, -(-len(columns) // labels))
    drawn = []
    for place, (words, pieces) in enumerate(columns):
        y, stacked = float(BARS_HEIGHT), []
        for name, count in pieces:
            height = count / most * BARS_HEIGHT
            y -= height
            stacked.append((name, round(y, 1), round(height, 1), count))
        total = sum(count for _, count in pieces)
        x, width = round(place * step + step * 0.12, 1), round(step * 0.76, 1)
        drawn.append(Bar(words, x, width, total, stacked, place % every == 0))
    return drawn


def percent(count: int, whole: int) -> str:
    """A share in words: `42 %`, and never 0 or 100 where there is something or something lacks."""
    if not whole:
        return "–"
    share = count / whole * 100
    if 0 < share < 1:
        return "< 1 %"
    if 99 < share < 100:
        return "> 99 %"
    return f"{share:.0f} %"
