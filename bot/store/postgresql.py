"""PostgreSQL: no connection is taken for alive for ever, and no lock is waited for without end."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.patience import BUSY_MILLISECONDS

DRIVER = "postgresql+psycopg"

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

FRESH_SECONDS = 1.0
"""A connection that was in use so lately is taken to be alive."""


def reachable(said: Collection[str]) -> dict[str, int]:
    """How soon a vanished server is missed, but for the options that the address has `said`."""
    return {name: value for name, value in REACHABLE.items() if name not in said}


def attend(engine: Engine) -> None:
    """Set up every connection, and try those that have lain idle before they are used again."""
    event.listen(engine, "connect", _configure)
    event.listen(engine, "checkin", _note_return)
    event.listen(engine, "checkout", partial(_try_the_idle, engine))


def _configure(connection: Any, _record: object) -> None:
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
