"""The texts of statements over many rows, and how single values cross to the driver and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Column, Dialect, Table

from bot.store.columns import Instant

FEW = 'r."ordinality" BETWEEN 1 AND 2147483647'
"""True of every row. PostgreSQL takes a document for a hundred rows, and would read a table of some
thousands whole to find one; a range it takes for a two-hundredth, and looks each row up by index.

https://www.postgresql.org/docs/current/planner-stats-details.html
"""

Names = tuple[str, ...]
Crossing = Callable[[Any], Any]


@cache
def names_of(table: Table) -> Names:
    """The names of all columns."""
    return tuple(column.name for column in table.columns)


@cache
def moments_of(table: Table) -> Names:
    """The names of the columns that hold moments."""
    return tuple(column.name for column in table.columns if isinstance(column.type, Instant))


@lru_cache(maxsize=1024)
def insert_sql(table: Table, speaks: str, unique: Names = (), count: int = 1) -> str:
    """Insert rows; with `unique`, `count` rows of which only those that nothing stands against."""
    columns = _listed(names_of(table))
    if speaks == "postgresql":
        source = f"SELECT {columns} FROM {_records(table)}"
    else:
        row = f"({', '.join('?' * len(names_of(table)))})"
        source = f"VALUES {', '.join([row] * count)}"
    sql = f'INSERT INTO "{table.name}" ({columns}) {source}'
    if not unique:
        return sql
    return f"{sql} ON CONFLICT ({_listed(unique)}) DO NOTHING RETURNING {_listed(unique)}"


@cache
def update_sql(table: Table, changed: Names, keys: Names, speaks: str) -> str:
    """Set the changed columns where the keys match; a `version` among the keys moves on by one."""
    there = speaks == "postgresql"
    settings = [f'"{name}" = ' + (f'r."{name}"' if there else "?") for name in changed]
    if "version" in keys:
        settings.append(f'"version" = {"t." if there else ""}"version" + 1')
    update = f'UPDATE "{table.name}"{" t" if there else ""} SET {", ".join(settings)}'
    if there:
        matches = " AND ".join(f't."{name}" = r."{name}"' for name in keys)
        return f"{update} FROM {_records(table)} WITH ORDINALITY r WHERE {matches} AND {FEW}"
    return f"{update} WHERE " + " AND ".join(f'"{name}" = ?' for name in keys)


@cache
def write_sql(table: Table, changed: Names, keys: Names, others: tuple[Table, ...]) -> str:
    """PostgreSQL: change rows of one table and insert into others, in one statement.

    One document a table, in this order. What comes back is how many rows were changed.
    """
    steps = [f"changed AS ({update_sql(table, changed, keys, 'postgresql')} RETURNING 1)"]
    steps += [f'"new {other.name}" AS ({insert_sql(other, "postgresql")})' for other in others]
    return f"WITH {', '.join(steps)} SELECT count(*) FROM changed"


@cache
def defaults(table: Table) -> dict[str, Callable[[], Any]]:
    """What makes the value of each column that has a default, where nothing is said about it."""
    return {column.name: _default(column) for column in table.columns if column.default is not None}


def _default(column: Column[Any]) -> Callable[[], Any]:
    default = column.default
    value = getattr(default, "arg", None)
    # The library wraps a function so that it takes a context, of which ours make no use.
    if getattr(default, "is_callable", False):
        return lambda: value(None)  # type: ignore[misc]
    return lambda: value


@cache
def writers(table: Table, names: Names, dialect: Dialect) -> tuple[tuple[int, Crossing], ...]:
    """How values are handed to the driver: the places of those that do not cross as they are."""
    made = ((place, _writer(table.c[name], dialect)) for place, name in enumerate(names))
    return tuple((place, write) for place, write in made if write)


def _writer(column: Column[Any], dialect: Dialect) -> Crossing | None:
    write = column.type.dialect_impl(dialect).bind_processor(dialect)
    # The moments of a batch are few, and spelling one costs more than to look it up.
    return lru_cache(256)(write) if write and isinstance(column.type, Instant) else write


@cache
def readers(table: Table, names: Names, dialect: Dialect) -> tuple[Crossing, ...]:
    """How a value of each column is taken from the driver."""
    made = (
        table.c[name].type.dialect_impl(dialect).result_processor(dialect, None) for name in names
    )
    return tuple(one or _as_it_is for one in made)


def _as_it_is(value: Any) -> Any:
    return value


def _listed(names: Names) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _records(table: Table) -> str:
    return f'json_populate_recordset(NULL::"{table.name}", %s::json)'
