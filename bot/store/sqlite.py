"""SQLite: one file that several processes write, one at a time, and none of them starves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import OperationalError

from bot.config import Misconfigured
from bot.store.patience import BUSY_MILLISECONDS
from bot.store.turnstile import Turnstile

PAUSE_SECONDS = 0.001
"""Between two looks whether another process has let go of the file.

Left to itself SQLite looks ten times a second in the end, and who writes without a pause is hardly
ever seen between two transactions. https://www.sqlite.org/c3ref/busy_timeout.html
"""

BEGIN = "BEGIN IMMEDIATE"


class OneWriter:
    """The threads of a process write in turn, so that one of them alone looks for the file.

    It may be held up as long again there: by other threads and by other processes together, a
    writer waits for 10 s at most.
    """

    def __init__(self) -> None:
        self._turnstile = Turnstile()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Write alone for as long as the block takes. Raises `OperationalError` when held up."""
        try:
            self._turnstile.enter(BUSY_MILLISECONDS / 1_000)
        except TimeoutError as error:
            raise OperationalError(BEGIN, None, error) from error
        try:
            yield
        finally:
            self._turnstile.leave()


def make_room(address: URL) -> None:
    """Make the folder of the file. Raises `Misconfigured`."""
    folder = Path(address.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            f"The folder {folder} of DATABASE_URL cannot be made: {error.strerror}."
        ) from None


def attend(engine: Engine) -> None:
    """Set up every connection, and begin transactions so that writers wait instead of failing."""
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)


def _configure(connection: Any, _record: object) -> None:
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


def _begin(connection: Connection) -> None:
    """Take the write lock before reading: an upgrade in mid-transaction fails without waiting."""
    if connection.get_execution_options().get("readonly", False):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0").close()
    try:
        _wait_for_others(driver)
        # When the wait was in vain this one says so, in the words that everybody knows.
        if not driver.in_transaction:
            connection.exec_driver_sql(BEGIN)
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}").close()


def _wait_for_others(driver: sqlite3.Connection) -> None:
    deadline = monotonic() + BUSY_MILLISECONDS / 1_000
    while monotonic() < deadline:
        try:
            driver.execute(BEGIN).close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return
            sleep(PAUSE_SECONDS)
        else:
            return
