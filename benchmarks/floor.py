"""The floor: the same rows in the same batches by the raw driver, and nothing else.

Nothing is decided here, nothing read or checked beyond what the database itself needs: no program
that keeps the same promises can be quicker, and the distance to it is what the engine costs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson
import psycopg
import uuid_utils.compat

from benchmarks.floor_rows import Row, Rows, Talk
from benchmarks.places import Place
from benchmarks.town import ORGANIZATION, SENDER_ID
from bot.store.statements import FEW

COLUMNS = ", ".join(f"c.{one.name}" for one in fields(Talk))
JOINED = f"SELECT {COLUMNS} FROM conversation c"
CHANGED = (
    "state", "state_since", "since_line", "due_at", "window_until", "heard_at", "said", "automatic",
    "lines", "entries", "head",
)  # fmt: skip
WINDOW = timedelta(hours=24)


class Floor(Protocol):
    """What the engine does, without it."""

    def receive(self, heard: Sequence[tuple[str, str]], now: datetime) -> int:
        """Each (phone, sid) says yes, all in one commit. Gives back how many were new."""

    def expire(self, now: datetime, limit: int) -> int:
        """Let up to `limit` requests whose time is up go, in one commit."""

    def close(self) -> None:
        """Let the connection go."""


def floor_of(place: Place) -> Floor:
    """The raw driver of a database."""
    return _Sqlite(place) if place.kind == "sqlite" else _Postgresql(place)


class _Postgresql:
    """psycopg 3: rows as one JSON document, the quickest of the four ways that were tried."""

    def __init__(self, place: Place) -> None:
        self._connection = psycopg.connect(place.raw)

    def receive(self, heard: Sequence[tuple[str, str]], now: datetime) -> int:
        """Each (phone, sid) says yes, all in one commit. Gives back how many were new."""
        rows = self._rows(now)
        arrived = [
            {"organization_id": ORGANIZATION, "sid": sid, "via": "webhook", "at": now}
            for _, sid in heard
        ]
        new = self._insert("arrival", arrived, "ON CONFLICT DO NOTHING RETURNING sid").fetchall()
        where = "WHERE c.sender_id = %s AND c.organization_id = %s AND c.address = ANY(%s)"
        found = self._read(f"{where} ORDER BY c.id FOR UPDATE OF c", [phone for phone, _ in heard])
        sids = dict(heard)
        for talk in found:
            rows.hear_yes(talk, sids[talk.address])
        self._commit(rows)
        return len(new)

    def expire(self, now: datetime, limit: int) -> int:
        """Let up to `limit` requests whose time is up go, in one commit."""
        rows = self._rows(now)
        query = (
            f"{JOINED} WHERE c.due_at <= %s ORDER BY c.due_at LIMIT %s FOR UPDATE OF c SKIP LOCKED"
        )
        found = self._connection.execute(query.encode(), (now, limit)).fetchall()
        for row in found:
            rows.fall_silent(Talk(*row))
        self._commit(rows)
        return len(found)

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _rows(self, now: datetime) -> Rows:
        return Rows(
            uuid_utils.compat.uuid7, lambda value: value, now, now + WINDOW, now.isoformat()
        )

    def _read(self, where: str, phones: list[str]) -> list[Talk]:
        query = f"{JOINED} {where}".encode()
        found = self._connection.execute(query, (SENDER_ID, ORGANIZATION, phones))
        return [Talk(*row) for row in found.fetchall()]

    def _commit(self, rows: Rows) -> None:
        settings = ", ".join(f"{name} = r.{name}" for name in CHANGED)
        update = (
            f"UPDATE conversation t SET {settings}, version = t.version + 1 "
            "FROM json_populate_recordset(NULL::conversation, %s::json) WITH ORDINALITY r "
            "WHERE t.organization_id = r.organization_id AND t.id = r.id AND t.version = r.version "
            f"AND {FEW}"
        )
        written = self._connection.execute(update.encode(), (_document(rows.conversations),))
        if written.rowcount != len(rows.conversations):
            raise RuntimeError("somebody else was here")
        self._insert("message", rows.messages)
        self._insert("notice", rows.notices)
        self._insert("ledger", rows.entries)
        self._connection.commit()

    def _insert(self, table: str, rows: list[Row], more: str = "") -> psycopg.Cursor[Any]:
        if not rows:
            return self._connection.cursor()
        columns = ", ".join(rows[0])
        source = f"SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json)"
        query = f"INSERT INTO {table} ({columns}) {source} {more}"
        return self._connection.execute(query.encode(), (_document(rows),))


class _Sqlite:
    """sqlite3: one prepared statement for each table, run over the rows."""

    def __init__(self, place: Place) -> None:
        self._connection = sqlite3.connect(place.raw, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self._connection.execute(f"PRAGMA {pragma}")

    def receive(self, heard: Sequence[tuple[str, str]], now: datetime) -> int:
        """Each (phone, sid) says yes, all in one commit. Gives back how many were new."""
        self._connection.execute("BEGIN IMMEDIATE")
        rows = self._rows(now)
        insert = "INSERT INTO arrival (organization_id, sid, via, at) VALUES (?, ?, 'webhook', ?)"
        arrived = [(ORGANIZATION.hex, sid, rows.now) for _, sid in heard]
        new = self._connection.executemany(f"{insert} ON CONFLICT DO NOTHING", arrived).rowcount
        query = f"{JOINED} WHERE c.sender_id = ? AND c.organization_id = ? AND c.address = ?"
        for phone, sid in heard:
            found = self._connection.execute(query, (SENDER_ID.hex, ORGANIZATION.hex, phone))
            rows.hear_yes(Talk(*found.fetchone()), sid)
        self._commit(rows)
        return new

    def expire(self, now: datetime, limit: int) -> int:
        """Let up to `limit` requests whose time is up go, in one commit."""
        self._connection.execute("BEGIN IMMEDIATE")
        rows = self._rows(now)
        query = f"{JOINED} WHERE c.due_at <= ? ORDER BY c.due_at LIMIT ?"
        found = self._connection.execute(query, (rows.now, limit)).fetchall()
        for row in found:
            rows.fall_silent(Talk(*row))
        self._commit(rows)
        return len(found)

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _rows(self, now: datetime) -> Rows:
        def spell(at: datetime) -> str:
            return f"{at:%Y-%m-%d %H:%M:%S.%f}"

        later = spell(now + WINDOW)
        return Rows(
            lambda: uuid_utils.compat.uuid7().hex, _document, spell(now), later, now.isoformat()
        )

    def _commit(self, rows: Rows) -> None:
        settings = ", ".join(f"{name} = :{name}" for name in CHANGED)
        update = (
            f"UPDATE conversation SET {settings}, version = version + 1 "
            "WHERE organization_id = :organization_id AND id = :id AND version = :version"
        )
        written = self._connection.executemany(update, rows.conversations)
        if written.rowcount != len(rows.conversations):
            raise RuntimeError("somebody else was here")
        self._insert("message", rows.messages)
        self._insert("notice", rows.notices)
        self._insert("ledger", rows.entries)
        self._connection.execute("COMMIT")

    def _insert(self, table: str, rows: list[Row]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            query = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})"
            self._connection.executemany(query, [tuple(row.values()) for row in rows])


def _document(value: Any) -> str:
    return orjson.dumps(value).decode()
