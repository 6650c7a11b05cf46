"""Connections to the database, SQLite or PostgreSQL, with what each needs to keep a promise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.config import Misconfigured

BUSY_MILLISECONDS = 5_000
"""How long a writer waits for another before the webhook answers 503. Twilio waits for 15 s."""

IDLE_MILLISECONDS = 60_000
"""How long PostgreSQL keeps a transaction that asks for nothing: who began it is gone."""

REACHABLE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How soon a server is missed that vanished without a word. Systems wait for two hours by default.

https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
"""

WRITTEN = (
    "Write it like sqlite:///var/assent.db or postgresql://user:password@host:5432/name, signs "
    "such as @ and / in a password as %40 and %2F."
)

FRESH_SECONDS = 1.0
"""A connection that was in use so lately is taken to be alive."""


def open_database(url: str, pool_size: int = 20) -> Database:
    """Open the database at `url`. Nothing is connected before the first query.

    Raises `Misconfigured`.
    """
    address = _read(url)
    if address.get_backend_name() == "sqlite":
        return Database(_open_sqlite(address, pool_size))
    return Database(_open_postgresql(address, pool_size))


class Database:
    """Transactions on one database. `writing` takes the write lock at once, `reading` never."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # Without it each statement on PostgreSQL would see another moment, and a reader of two
        # tables could miss a line for ever.
        snapshot = {"isolation_level": "REPEATABLE READ"} if self.name == "postgresql" else {}
        self._reader = engine.execution_options(readonly=True, **snapshot)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends well, else as if it had never been."""
        with self.engine.begin() as connection:
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


def _open_postgresql(address: URL, pool_size: int) -> Engine:
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        connect_args={name: REACHABLE[name] for name in REACHABLE.keys() - address.query.keys()},
        json_serializer=_spell,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
    )
    event.listen(engine, "connect", _configure_postgresql)
    event.listen(engine, "checkin", _note_return)
    event.listen(engine, "checkout", partial(_try_the_idle, engine))
    return engine


def _note_return(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["returned_at"] = monotonic()


def _try_the_idle(
    engine: Engine, connection: Any, record: ConnectionPoolEntry, _proxy: object
) -> None:
    """Try a connection that has lain idle, so that one which the server has closed is replaced.

    One that was in use a moment ago is not asked: that would be a round trip for every batch.
    """
    if monotonic() - record.info.get("returned_at", monotonic()) < FRESH_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def _spell(value: Any) -> str:
    return orjson.dumps(value).decode()


def _configure_postgresql(connection: Any, _record: object) -> None:
    """Wait for nobody for ever; prepare and set nothing that a pooler would hand to others.

    A pooler such as PgBouncer gives its clients process numbers of its own making, and the next
    statement may meet another server connection.
    https://www.psycopg.org/psycopg3/docs/advanced/prepare.html#using-prepared-statements-with-pgbouncer
    """
    process = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
    is_ours = process == connection.info.backend_pid
    connection.prepare_threshold = 5 if is_ours else None
    if is_ours:
        connection.execute(f"SET lock_timeout = {BUSY_MILLISECONDS}")
        connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_MILLISECONDS}")
    connection.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def _open_sqlite(address: URL, pool_size: int) -> Engine:
    if address.database:
        _make_room(Path(address.database).parent)
    engine = create_engine(
        address,
        json_serializer=_spell,
        json_deserializer=orjson.loads,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_room(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            f"The folder {folder} of DATABASE_URL cannot be made: {error.strerror}."
        ) from None


def _configure_sqlite(connection: Any, _record: object) -> None:
    """Stop the driver from beginning transactions by itself, and make a commit survive power loss.

    https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#pysqlite-serializable
    """
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock before reading: an upgrade in mid-transaction fails without waiting."""
    readonly = connection.get_execution_options().get("readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")
