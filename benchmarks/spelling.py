"""The same expressions in the words of each database."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
from sqlalchemy import Connection

from bot.store.bulk import table_of
from bot.store.models import Base
from bot.store.statements import defaults


class Speech(Protocol):
    """How one kind of database spells what a town is made of."""

    def prepare(self, connection: Connection) -> None:
        """Get a connection ready for many rows."""

    def series(self, first: int, last: int) -> str:
        """A source of rows with one column `n`."""

    def uuid(self, value: UUID) -> str:
        """One id."""

    def numbered(self, kind: int) -> str:
        """The id of row `n` of a kind."""

    def padded(self, start: str, digits: int) -> str:
        """A text that ends in the number `n` with so many digits."""

    def moment(self, at: datetime) -> str:
        """One moment."""

    def hours_after(self, at: datetime, hours: str) -> str:
        """A moment so many hours after another."""

    def sha256(self, text: str) -> str:
        """The hash of an entry that is the first in its chain."""

    def json(self, value: Any) -> str:
        """A JSON value."""

    def defaults(self, model: type[Base]) -> dict[str, str]:
        """What the model puts into the columns about which nothing is said."""


class _Both:
    """What both spell the same way."""

    def json(self, value: Any) -> str:
        """A JSON value."""
        return f"'{orjson.dumps(value).decode()}'"

    def defaults(self, model: type[Base]) -> dict[str, str]:
        """What the model puts into the columns about which nothing is said."""
        filled = {
            column.name
            for column in table_of(model).columns
            if column.default is not None and column.name != "id"
        }
        made = defaults(table_of(model))
        return {name: _literal(made[name]()) for name in filled}


class Postgresql(_Both):
    """As PostgreSQL spells it."""

    def prepare(self, connection: Connection) -> None:
        """What refers to each other is made together: nothing need be looked up."""
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")

    def series(self, first: int, last: int) -> str:
        """A source of rows with one column `n`."""
        return f"generate_series({first}, {last}) AS numbers(n)"

    def uuid(self, value: UUID) -> str:
        """One id."""
        return f"'{value}'::uuid"

    def numbered(self, kind: int) -> str:
        """The id of row `n` of a kind."""
        return f"('01980000-000{kind}-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"

    def padded(self, start: str, digits: int) -> str:
        """A text that ends in the number `n` with so many digits."""
        return f"'{start}' || lpad(n::text, {digits}, '0')"

    def moment(self, at: datetime) -> str:
        """One moment."""
        return f"'{at.isoformat()}'::timestamptz"

    def hours_after(self, at: datetime, hours: str) -> str:
        """A moment so many hours after another."""
        return f"{self.moment(at)} + ({hours}) * interval '1 hour'"

    def sha256(self, text: str) -> str:
        """The hash of an entry that is the first in its chain."""
        return f"encode(sha256(convert_to(chr(10) || {text}, 'UTF8')), 'hex')"

    def json(self, value: Any) -> str:
        """A JSON value."""
        return f"{super().json(value)}::jsonb"


class Sqlite(_Both):
    """As SQLite spells it."""

    def prepare(self, connection: Connection) -> None:
        """Lend it the hash function that it has not got."""
        driver: Any = connection.connection.driver_connection
        driver.create_function("sha256", 1, _first_hash, deterministic=True)

    def series(self, first: int, last: int) -> str:
        """A source of rows with one column `n`."""
        more = f"SELECT n + 1 FROM numbers WHERE n < {last}"
        numbers = f"WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL {more})"
        return f"({numbers} SELECT n FROM numbers)"

    def uuid(self, value: UUID) -> str:
        """One id."""
        return f"'{value.hex}'"

    def numbered(self, kind: int) -> str:
        """The id of row `n` of a kind."""
        return f"printf('01980000000{kind}70008000%012x', n)"

    def padded(self, start: str, digits: int) -> str:
        """A text that ends in the number `n` with so many digits."""
        return f"printf('{start}%0{digits}d', n)"

    def moment(self, at: datetime) -> str:
        """One moment."""
        return f"'{at:%Y-%m-%d %H:%M:%S.%f}'"

    def hours_after(self, at: datetime, hours: str) -> str:
        """A moment so many hours after another."""
        return f"strftime('%Y-%m-%d %H:%M:%f000', {self.moment(at)}, ({hours}) || ' hours')"

    def sha256(self, text: str) -> str:
        """The hash of an entry that is the first in its chain."""
        return f"sha256({text})"


def speech_of(kind: str) -> Speech:
    """How this kind of database spells things."""
    return Postgresql() if kind == "postgresql" else Sqlite()


def _first_hash(text: str) -> str:
    return hashlib.sha256(f"\n{text}".encode()).hexdigest()


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return f"'{value if isinstance(value, str) else orjson.dumps(value).decode()}'"
