"""How often something may be tried: buckets of tokens that fill up again with time.

They lie in the database, so any number of processes share them. Nobody is locked out for good, and
a bucket says nothing to somebody who is in already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from bot.store.bulk import insert_new, update_all
from bot.store.models import Bucket

FORGOTTEN = timedelta(days=1)
"""By then every bucket is full again, and a full one need not be kept."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries at once, and one more each so many seconds."""

    burst: int
    seconds: float


def take(connection: Connection, name: str, limit: Limit, wall: datetime) -> timedelta | None:
    """Spend one try; when none is left, how long until there is one. The row stays locked."""
    tokens = _level(connection, name, limit, wall)
    if tokens < 1:
        return timedelta(seconds=(1 - tokens) * limit.seconds)
    _fill(connection, name, tokens - 1, wall)
    return None


def give_back(connection: Connection, name: str, limit: Limit, wall: datetime) -> None:
    """Take back a try that turned out well."""
    tokens = _level(connection, name, limit, wall)
    _fill(connection, name, min(tokens + 1, limit.burst), wall)


def _level(connection: Connection, name: str, limit: Limit, wall: datetime) -> float:
    full = {"name": name, "tokens": float(limit.burst), "at": wall}
    if insert_new(connection, Bucket, [full], ["name"]):
        connection.execute(delete(Bucket).where(Bucket.at < wall - FORGOTTEN))
    query = select(Bucket.tokens, Bucket.at).where(Bucket.name == name).with_for_update()
    row = connection.execute(query).one()
    since = max((wall - row.at).total_seconds(), 0.0)
    level: float = row.tokens + since / limit.seconds
    return min(level, float(limit.burst))


def _fill(connection: Connection, name: str, tokens: float, wall: datetime) -> None:
    row = {"name": name, "tokens": tokens, "at": wall}
    update_all(connection, Bucket, [row], keys=("name",))
