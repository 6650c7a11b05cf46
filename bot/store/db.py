"""Transactions on the database, SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from bot.config import Misconfigured
from bot.store import postgresql, sqlite

WRITTEN = (
    "Write it like sqlite:///var/assent.db or postgresql://user:password@host:5432/name, signs "
    "such as @ and / in a password as %40 and %2F."
)


def open_database(url: str, pool_size: int = 20) -> Database:
    """Open the database at `url`. Nothing is connected before the first query.

    Raises `Misconfigured`.
    """
    address = _read(url)
    if address.get_backend_name() == "sqlite":
        sqlite.make_room(address)
        engine = _engine(address, pool_size)
        sqlite.attend(engine)
        return Database(engine, sqlite.OneWriter())
    engine = _engine(
        address.set(drivername=postgresql.DRIVER),
        pool_size,
        connect_args=postgresql.reachable(address.query),
    )
    postgresql.attend(engine)
    return Database(engine)


class Database:
    """Transactions on one database. `writing` takes the write lock at once, `reading` never."""

    def __init__(
        self, engine: Engine, in_turn: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        """`in_turn` is held by who writes, where a database has room for one at a time."""
        self.engine = engine
        self._in_turn = in_turn
        # Without it each statement on PostgreSQL would see another moment, and a reader of two
        # tables could miss a line for ever.
        snapshot = {"isolation_level": "REPEATABLE READ"} if self.name == "postgresql" else {}
        self._reader = engine.execution_options(readonly=True, **snapshot)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends well, else as if it had never been."""
        with self._in_turn(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look at the database."""
        with self._reader.begin() as connection:
            yield connection

    @property
    def name(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _read(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        # Not repeated here: a password may stand in it.
        raise Misconfigured(f"DATABASE_URL cannot be read. {WRITTEN}") from None
    if address.get_backend_name() == "sqlite" and address.database in (None, "", ":memory:"):
        raise Misconfigured(f"DATABASE_URL names no file: processes share one. {WRITTEN}")
    return address


def _engine(address: URL, pool_size: int, **options: Any) -> Engine:
    return create_engine(
        address,
        json_serializer=_spell,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        **options,
    )


def _spell(value: Any) -> str:
    return orjson.dumps(value).decode()
