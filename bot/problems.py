"""What a person should look at, kept where the Problems page and the operator find it."""

from __future__ import annotations

from datetime import datetime
from time import monotonic

import structlog
from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from bot.runtime import Runtime
from bot.store.models import Problem

EVERY = 10.0
"""Seconds between two notes of the same problem by one process: a flood must not fill the disk."""

log = structlog.get_logger()
_noted: dict[tuple[str, str], float] = {}


def report(runtime: Runtime, kind: str, subject: str, words: str) -> None:
    """Note a problem, at most every few seconds. Never raises: it is said in passing."""
    last = _noted.get((kind, subject))
    if last is not None and monotonic() - last < EVERY:
        return
    _noted[kind, subject] = monotonic()
    try:
        with runtime.database.writing() as connection:
            note(connection, kind, subject, words, runtime.clock.now(connection))
    except SQLAlchemyError:
        log.exception("problem_not_noted", kind=kind, subject=subject)


def note(
    connection: Connection, kind: str, subject: str, words: str, now: datetime, times: int = 1
) -> None:
    """Write a problem down, or count it once more, or so many `times`."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"kind": kind, "subject": subject, "words": words, "count": times, "at": now}
    connection.execute(
        dialect.insert(Problem)
        .values(row)
        .on_conflict_do_update(
            index_elements=["kind", "subject"],
            set_={"words": words, "at": now, "count": Problem.count + times},
        )
    )


def settle(connection: Connection, kind: str, subject: str) -> None:
    """Take a problem back: it is one no longer."""
    _noted.pop((kind, subject), None)
    connection.execute(delete(Problem).where(Problem.kind == kind, Problem.subject == subject))
