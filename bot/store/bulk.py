"""Many rows in one statement. All writing of turns goes through here.

PostgreSQL takes all rows as one JSON document, so that a statement has the same text, and is
planned once, whether it writes one row or a thousand. SQLite takes them one by one, which costs it
nothing: no network lies between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Connection, Table

from bot.store.models import Base
from bot.store.statements import (
    Crossing,
    Names,
    defaults,
    insert_sql,
    moments_of,
    names_of,
    readers,
    update_sql,
    write_sql,
    writers,
)

Rows = Sequence[Mapping[str, Any]]

KEY = ("organization_id", "id")
"""How every row that grows with an organization is known."""

VERSIONED = (*KEY, "version")
"""How a row is known that nobody has changed meanwhile."""


class Overtaken(Exception):
    """Another transaction changed a conversation after this one had read it; take the turn anew."""


def insert_all(connection: Connection, model: type[Base], rows: Rows) -> None:
    """Insert every row. What a row does not name is the column's default, else nothing."""
    if rows:
        sql = insert_sql(table_of(model), _speaks(connection))
        _execute(connection, sql, model, _filled(model, rows), names_of(table_of(model)))


def insert_new(
    connection: Connection, model: type[Base], rows: Rows, unique: Sequence[str]
) -> set[tuple[Any, ...]]:
    """Insert the rows that no unique key stands against.

    `unique` names the columns of that key; what comes back are its values in the rows inserted.
    """
    if not rows:
        return set()
    table, key = table_of(model), tuple(unique)
    sql = insert_sql(table, _speaks(connection), key, len(rows))
    found = _execute(connection, sql, model, _filled(model, rows), names_of(table), at_once=True)
    read = readers(table, key, connection.dialect)
    return {tuple(one(value) for one, value in zip(read, row, strict=True)) for row in found}


def update_all(
    connection: Connection, model: type[Base], rows: Rows, keys: Sequence[str] = KEY
) -> int:
    """Write rows back by their `keys`; all name the same columns. Gives back how many there were.

    Where `version` is among the keys it is moved on by one.
    """
    if not rows:
        return 0
    changed = tuple(name for name in rows[0] if name not in keys)
    sql = update_sql(table_of(model), changed, tuple(keys), _speaks(connection))
    count: int = _execute(connection, sql, model, rows, (*changed, *keys)).rowcount
    return count


def write(
    connection: Connection, model: type[Base], rows: Rows, new: Mapping[type[Base], Rows]
) -> None:
    """Write rows back whose `version` is still the one that was read, and insert what is `new`.

    On PostgreSQL in one statement: each is a wait for the server, and with many threads at work a
    wait for the interpreter, too. Raises `Overtaken` when another version is found.
    """
    if not rows:
        return
    if _speaks(connection) == "postgresql":
        count = _write_at_once(connection, model, rows, new)
    else:
        count = update_all(connection, model, rows, VERSIONED)
        for other, theirs in new.items():
            insert_all(connection, other, theirs)
    if count != len(rows):
        raise Overtaken


def _write_at_once(
    connection: Connection, model: type[Base], rows: Rows, new: Mapping[type[Base], Rows]
) -> int:
    filled = {other: _filled(other, theirs) for other, theirs in new.items() if theirs}
    changed = tuple(name for name in rows[0] if name not in VERSIONED)
    sql = write_sql(table_of(model), changed, VERSIONED, tuple(map(table_of, filled)))
    documents = (_document(model, rows), *(_document(one, filled[one]) for one in filled))
    return int(connection.exec_driver_sql(sql, documents).scalar_one())


@cache
def table_of(model: type[Base]) -> Table:
    """The table behind a model."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is not one table")
    return table


def _execute(
    connection: Connection, sql: str, model: type[Base], rows: Rows, names: Names, *,
    at_once: bool = False,
) -> Any:  # fmt: skip
    """Run a statement over rows: as one document, or with SQLite's placeholders in their order.

    `at_once`: the statement has places for all rows.
    """
    if _speaks(connection) == "postgresql":
        return connection.exec_driver_sql(sql, (_document(model, rows),))
    crossing = writers(table_of(model), names, connection.dialect)
    values = [_crossed(row, names, crossing) for row in rows]
    if at_once:
        return connection.exec_driver_sql(sql, tuple(chain.from_iterable(values)))
    return connection.exec_driver_sql(sql, values if len(values) > 1 else values[0])


def _crossed(
    row: Mapping[str, Any], names: Names, crossing: Sequence[tuple[int, Crossing]]
) -> tuple[Any, ...]:
    values = list(map(row.get, names))
    for place, write in crossing:
        if values[place] is not None:
            values[place] = write(values[place])
    return tuple(values)


def _document(model: type[Base], rows: Rows) -> str:
    """Spell rows as JSON. Raises `ValueError` for a moment without a time zone."""
    moments = moments_of(table_of(model))
    for row in rows:
        for name in moments:
            moment = row.get(name)
            if moment is not None and moment.tzinfo is None:
                raise ValueError(f"{name} {moment!r} has no time zone; pass aware UTC moments")
    return orjson.dumps(rows).decode()


def _filled(model: type[Base], rows: Rows) -> Rows:
    make = defaults(table_of(model))
    return [
        {**{name: one() for name, one in make.items() if name not in row}, **row} for row in rows
    ]


def _speaks(connection: Connection) -> str:
    return connection.dialect.name
