"""`python -m benchmarks`: measure, show, and write `docs/performance.md`."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import (
    batches,
    growth,
    machine,
    memory,
    outbox,
    pages,
    profile,
    reading,
    replies,
    starting,
    timeouts,
)
from benchmarks.ground import MILLION, QUICK, STANDARD, Ground, Plan
from benchmarks.places import Places
from benchmarks.postgres import start_postgres
from benchmarks.report import MILLION as MILLION_PAGE
from benchmarks.report import PAGE, write_report
from benchmarks.tables import Table, as_json, as_markdown
from bot import garbage

PARTS: dict[str, Callable[[Ground], list[Table]]] = {
    "batches": batches.measure,
    "replies": replies.measure,
    "reading": reading.measure,
    "timeouts": timeouts.measure,
    "outbox": outbox.measure,
    "pages": pages.measure,
    "growth": growth.measure,
    "start": starting.measure,
    "memory": memory.measure,
    "profile": profile.measure,
}


def main() -> int:
    """Measure what was asked for."""
    asked = _read_arguments()
    # So that a service manager's or a time limit's SIGTERM ends what was started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # As a server and a worker do, for their parts and the raw driver at work in this process.
    garbage.settle()
    plan = QUICK if asked.quick else MILLION if asked.million else STANDARD
    measured: dict[str, list[Table]] = {}
    for part, tables in _measure(plan, asked.only or list(PARTS)):
        measured[part] = tables
        if not asked.json:
            print("\n".join(as_markdown(table) for table in tables), flush=True)
    if asked.json:
        shown = [as_json(table) for tables in measured.values() for table in tables]
        print(json.dumps({"machine": machine.described(), "tables": shown}, indent=1))
    if asked.million or not (asked.quick or asked.only):
        page = write_report(measured, MILLION_PAGE if asked.million else PAGE)
        print(f"written: {page}", file=sys.stderr)
    return 0


def _measure(plan: Plan, parts: list[str]) -> Iterator[tuple[str, list[Table]]]:
    folder = Path(tempfile.mkdtemp(prefix="assent-bench-"))
    try:
        with start_postgres(folder / "postgresql") as server:
            ground = Ground(plan, Places(folder, server), folder)
            for part in parts:
                yield part, PARTS[part](ground)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated")
    parser.add_argument(
        "--quick", action="store_true", help="seconds, for development; nothing is written"
    )
    parser.add_argument(
        "--million", action="store_true", help="a million timeouts, five million contacts"
    )
    parser.add_argument("--json", action="store_true", help="every value, for programs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
