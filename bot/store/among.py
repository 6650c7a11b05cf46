"""Rows with one of many keys, by a condition whose text does not grow with their number.

A text that stays the same is parsed and planned once. PostgreSQL takes the keys as arrays, SQLite
as one JSON document.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Text,
    any_,
    bindparam,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

Columns = tuple[InstrumentedAttribute[Any], ...]
Keys = Collection[tuple[Any, ...]]
Bound = dict[str, Any]


def among(
    connection: Connection, column: InstrumentedAttribute[Any], values: Collection[Any]
) -> ColumnElement[bool]:
    """Where `column` has one of these values."""
    if connection.dialect.name != "postgresql":
        return column.in_(values)
    return column == any_(literal(list(values), ARRAY(column.type)))


def among_theirs(
    connection: Connection, column: InstrumentedAttribute[Any], keys: Keys
) -> ColumnElement[bool]:
    """Where a row's organization and `column` are together one of these keys.

    PostgreSQL takes an organization for a few rows until a table has been analysed, and would read
    all of them to compare each with all keys, were the organization named by itself.
    """
    columns: Columns = (column.class_.organization_id, column)
    bound = key_parameters(connection, columns, keys)
    return among_keys(connection.dialect.name, columns, bound)


def among_keys(speaks: str, columns: Columns, bound: Bound | None = None) -> ColumnElement[bool]:
    """Where these columns together have one of the keys of `key_parameters`.

    Made without `bound`, which are those parameters, the condition is used with any keys, given
    with the statement. `speaks` is the dialect's name.
    """
    return tuple_(*columns).in_(select(*keys_table(speaks, columns, bound)))


def keys_table(
    speaks: str, columns: Columns, bound: Bound | None = None
) -> Sequence[ColumnElement[Any]]:
    """The keys as a table to join: a value for each of these columns. `bound` as above."""
    read = _from_arrays if speaks == "postgresql" else _from_document
    return read(columns, bound)


def key_parameters(connection: Connection, columns: Columns, keys: Keys) -> Bound:
    """The parameters of a statement with `among_keys` or `keys_table` of the same columns."""
    dialect = connection.dialect
    if dialect.name == "postgresql":
        values = list(zip(*keys, strict=True)) or [()] * len(columns)
        return {f"key{place}": list(part) for place, part in enumerate(values)}
    write = _writers(columns, dialect)
    rows = [
        [one(value) if one else value for one, value in zip(write, key, strict=True)]
        for key in keys
    ]
    return {"keys": orjson.dumps(rows).decode()}


def _from_arrays(columns: Columns, bound: Bound | None) -> Sequence[ColumnElement[Any]]:
    names = [f"key{place}" for place in range(len(columns))]
    arrays = (
        _parameter(name, ARRAY(column.type), bound)
        for name, column in zip(names, columns, strict=True)
    )
    return list(func.unnest(*arrays).table_valued(*names).render_derived().c)


def _from_document(columns: Columns, bound: Bound | None) -> Sequence[ColumnElement[Any]]:
    document = _parameter("keys", Text(), bound)
    row = func.json_each(document).table_valued("value").c.value
    return [func.json_extract(row, f"$[{place}]") for place in range(len(columns))]


def _parameter(name: str, kind: TypeEngine[Any], bound: Bound | None) -> BindParameter[Any]:
    if bound is None:
        return bindparam(name, type_=kind)
    # Under a name of its own, as one statement may look for keys of several kinds.
    return bindparam(name, bound[name], kind, unique=True)


def _writers(columns: Columns, dialect: Dialect) -> list[Any]:
    return [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
