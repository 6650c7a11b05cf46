"""Rows with one of many keys, by a condition whose text does not grow with their number.

A text that stays the same is parsed and planned once. PostgreSQL takes the keys as arrays, SQLite
as one JSON document.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
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

Columns = tuple[InstrumentedAttribute[Any], ...]
Keys = Collection[tuple[Any, ...]]
Given = Mapping[str, Mapping[str, Any]]


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
    return tuple_(*columns).in_(select(*keys_table(connection.dialect.name, columns, bound)))


def among_keys(speaks: str, columns: Columns) -> ColumnElement[bool]:
    """Where these columns together have one of the keys of `key_parameters`.

    The condition is made once and used with any keys; `speaks` is the dialect's name.
    """
    return tuple_(*columns).in_(select(*keys_table(speaks, columns)))


def keys_table(
    speaks: str, columns: Columns, bound: Mapping[str, Any] | None = None
) -> Sequence[ColumnElement[Any]]:
    """The keys of `key_parameters` as a table to join: a value for each of these columns.

    `bound`: those parameters, if they are to be given now and not with the statement.
    """
    given = {} if bound is None else {name: {"value": bound[name]} for name in bound}
    read = _from_arrays if speaks == "postgresql" else _from_document
    return read(columns, given)


def key_parameters(connection: Connection, columns: Columns, keys: Keys) -> dict[str, Any]:
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


def _from_arrays(columns: Columns, given: Given) -> Sequence[ColumnElement[Any]]:
    names = [f"key{place}" for place in range(len(columns))]
    arrays = (
        bindparam(name, type_=ARRAY(column.type), **given.get(name, {}))
        for name, column in zip(names, columns, strict=True)
    )
    return list(func.unnest(*arrays).table_valued(*names).render_derived().c)


def _from_document(columns: Columns, given: Given) -> Sequence[ColumnElement[Any]]:
    document = bindparam("keys", type_=Text, **given.get("keys", {}))
    row = func.json_each(document).table_valued("value").c.value
    return [func.json_extract(row, f"$[{place}]") for place in range(len(columns))]


def _writers(columns: Columns, dialect: Dialect) -> list[Any]:
    return [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
