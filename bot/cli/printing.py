"""What commands print: tables for people, plain lines for pipes, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

Row = Mapping[Any, Any]
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def json_option(command: Decorated) -> Decorated:
    """Give a command the option `--json`, as the argument `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")(command)


def show_all(rows: Iterable[Row], columns: Sequence[str], *, as_json: bool) -> None:
    """Print a listing: a table on a terminal, else a line each with tabs, or a JSON array."""
    rows = list(rows)
    if as_json:
        click.echo(as_text([{name: row[name] for name in columns} for row in rows]))
    elif sys.stdout.isatty():
        _print_table(rows, columns)
    else:
        lines = [columns, *([_cell(row[name]) for name in columns] for row in rows)]
        click.echo("\n".join("\t".join(line) for line in lines))


def show_one(thing: Row, words: str, *, as_json: bool) -> None:
    """Print what was made: in words, or as one JSON object."""
    click.echo(as_text(thing) if as_json else words)


def as_text(value: Any) -> str:
    """A value as JSON on one line; ids as strings, moments as RFC 3339."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _print_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in columns:
        # Ids are copied into the next command, so they are never broken or cut.
        table.add_column(
            name.replace("_", " "),
            no_wrap=name == "id",
            min_width=36 if name == "id" else None,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(_cell(row[name]) for name in columns))
    Console(markup=False, highlight=False, emoji=False).print(table if rows else "None.")


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return " ".join(f"{name}={inner}" for name, inner in value.items())
    if isinstance(value, UUID | datetime):
        return str(_plain(value))
    return " ".join(str(value).split())
