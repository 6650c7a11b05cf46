"""Tables of what was measured, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benchmarks.figures import Figure

Cell = str | Figure


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading, and the words that say how to read them."""

    title: str
    words: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]] = field(default_factory=list)

    def add(self, *cells: Cell) -> None:
        """Add a row, one cell for each column."""
        if len(cells) != len(self.columns):
            raise ValueError(f"{self.title}: {len(cells)} cells for {len(self.columns)} columns")
        self.rows.append(cells)


def as_markdown(table: Table) -> str:
    """A table for people: text to the left, figures to the right."""
    numeric = [
        any(isinstance(row[place], Figure) for row in table.rows)
        for place in range(len(table.columns))
    ]
    lines = [
        _line(table.columns),
        _line(tuple("--:" if figure else "---" for figure in numeric)),
        *(_line(tuple(str(cell) for cell in row)) for row in table.rows),
    ]
    return f"### {table.title}\n\n{table.words}\n\n" + "\n".join(lines) + "\n"


def as_json(table: Table) -> dict[str, Any]:
    """A table for programs: every figure with all its values."""
    rows = [dict(zip(table.columns, map(_plain, row), strict=True)) for row in table.rows]
    return {"title": table.title, "words": table.words, "rows": rows}


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _plain(cell: Cell) -> Any:
    if isinstance(cell, str):
        return cell
    return {"median": cell.median, "unit": cell.unit, "values": list(cell.values)}
