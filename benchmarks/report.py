"""The page that a full run writes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks import machine
from benchmarks.tables import Table, as_markdown

DOCS = machine.ROOT / "docs"
PAGE, MILLION = DOCS / "performance.md", DOCS / "performance-million.md"


def write_report(measured: Mapping[str, list[Table]], page: Path) -> Path:
    """Write everything that was measured to a page, and give back where it is."""
    told = "\n".join(f"| {name} | {words} |" for name, words in machine.described().items())
    parts = [f"# Performance\n\n{HOW}\n\n| measured on | |\n| --- | --- |\n{told}\n"]
    for name, tables in measured.items():
        parts.append(f"## {name.capitalize()}\n")
        parts += [as_markdown(table) for table in tables]
    page.write_text("\n".join(parts), encoding="utf-8")
    return page


HOW = (
    "Written by `python -m benchmarks`; nobody edits it. Most figures are the median of five or "
    "more samples, with the lowest and the highest in brackets. What is compared was measured in "
    "turns in the same run, so read the ratios: they hold on other machines, the rates do not. "
    "A ratio is taken round by round, and its median is shown. "
    "[benchmarks/README.md](../benchmarks/README.md) says what is compared and how to run one "
    "part."
)
