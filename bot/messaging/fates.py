"""What became of messages of ours: answered at once, called back, or found out later.

Whatever the way, a fate is recorded here and nowhere else. Statuses move forward only.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, select

from bot.conversations import engine, letters
from bot.conversations.engine import Failed
from bot.conversations.held import Key
from bot.conversations.letters import Accepted
from bot.messaging.verdicts import Verdict
from bot.store.among import among
from bot.store.bulk import update_all
from bot.store.models import Message

Status = Literal["unknown", "sent", "delivered", "read", "failed", "undelivered"]

RANK = {"sent": 1, "failed": 2, "undelivered": 2, "delivered": 3, "read": 4}
"""What counts for more, whichever came first; before `sent` a message is still ours."""

ARRIVING = ("sent", "delivered", "read")
ARRIVED = ("delivered", "read")

FIRST_LOOK = timedelta(seconds=1)
SILENCE = timedelta(hours=1)
"""A sent message that nothing more is heard of is asked about after this long."""

GIVE_UP = timedelta(hours=24)
SOON, LATER = (0.5, 15.0), (60.0, 3600.0)
"""First and longest delay in seconds: for calls that were turned away, for failed deliveries."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What is known of a message. `attempt` is given by who made the call, and must be the last.

    `called_back`: the provider had taken the message and reports on it.
    """

    message: Key
    status: Status
    sid: str | None = None
    verdict: Verdict | None = None
    attempt: int | None = None
    called_back: bool = False


def by_key(connection: Connection, keys: Iterable[Key]) -> dict[Key, Row[Any]]:
    """Lock messages by their keys, in the order of their ids."""
    ids = [message_id for _, message_id in keys]
    return {_key(row): row for row in _locked(connection, among(connection, Message.id, ids))}


def by_token(connection: Connection, tokens: Iterable[str]) -> dict[str, Row[Any]]:
    """Lock messages by the tokens of their status URLs."""
    return {
        row.token: row
        for row in _locked(connection, among(connection, Message.token, list(tokens)))
    }


def _locked(connection: Connection, wanted: ColumnElement[bool]) -> Sequence[Row[Any]]:
    query = select(*Message.__table__.columns).where(wanted).order_by(Message.id)
    return connection.execute(query.with_for_update()).all()


def record(
    connection: Connection, rows: dict[Key, Row[Any]], fates: Sequence[Fate], now: datetime
) -> None:
    """Record fates of locked messages: their status, and what follows for conversations."""
    known = {key: _mutable(row) for key, row in rows.items()}
    accepted: list[Accepted] = []
    failed: list[Failed] = []
    changed: dict[Key, dict[str, Any]] = {}
    for fate in fates:
        row = known[fate.message]
        if _is_stale(row, fate):
            continue
        was_sent = row["sent_at"] is not None
        _move(row, fate, now)
        changed[fate.message] = row
        if row["sent_at"] and not was_sent and row["request"]:
            accepted.append(Accepted((row["organization_id"], row["conversation_id"]), row["id"]))
        if row["status"] in ("failed", "undelivered") and fate.verdict:
            failed.append(_failed(row, fate.verdict))
    columns = (*READ, *CHANGING)
    update_all(
        connection, Message, [{name: row[name] for name in columns} for row in changed.values()]
    )
    letters.accept(connection, accepted, now)
    engine.fail(connection, failed, now)


CHANGING = (
    "status", "sid", "error_code", "error", "due_at", "lease_until", "unknown_at", "unanswered",
    "sent_at",
)  # fmt: skip
READ = ("organization_id", "id")
KEPT = ("conversation_id", "request", "attempt", "created_at")


def _mutable(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*READ, *CHANGING, *KEPT)}


def _key(row: Row[Any]) -> Key:
    return row.organization_id, row.id


def _is_stale(row: dict[str, Any], fate: Fate) -> bool:
    """Whether this was overtaken: another attempt is under way, or more is known already."""
    if fate.attempt is not None and fate.attempt != row["attempt"]:
        return True
    if fate.sid and row["sid"] and fate.sid != row["sid"]:
        return True
    if not fate.called_back and fate.status != "sent":
        return row["status"] not in ("sending", "unknown")
    if row["status"] == "queued" and row["sid"] and fate.status not in ARRIVED:
        return True  # it failed, and this only says again how it came to that
    return RANK.get(row["status"], 0) >= RANK[fate.status]


def _move(row: dict[str, Any], fate: Fate, now: datetime) -> None:
    row["lease_until"] = None
    if fate.sid:
        row["sid"] = fate.sid
    if fate.status == "unknown":
        row.update(status="unknown", unknown_at=row["unknown_at"] or now, due_at=now + FIRST_LOOK)
        row["unanswered"] += 1
    elif fate.status in ARRIVING:
        row.update(status=fate.status, sent_at=row["sent_at"] or now, due_at=now + SILENCE)
        row.update(error_code=None, error=None, unknown_at=None)
    elif fate.verdict and _may_retry(row, fate.verdict, now):
        _try_again(row, fate, now)
    else:
        row.update(status=fate.status, due_at=None)
        _say_why(row, fate.verdict)


def _may_retry(row: dict[str, Any], verdict: Verdict, now: datetime) -> bool:
    return verdict.kind in ("retry", "pause") and now - row["created_at"] < GIVE_UP


def _try_again(row: dict[str, Any], fate: Fate, now: datetime) -> None:
    """Back into the queue. A failed delivery keeps its sid until it is claimed: it may yet be said
    to have arrived after all, and then nothing is sent again."""
    if fate.called_back:
        row.update(sent_at=None)
    first, longest = LATER if fate.called_back else SOON
    jitter = random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing
    wait = min(first * 2 ** min(row["attempt"] - 1, 20), longest) * jitter
    row.update(status="queued", due_at=now + timedelta(seconds=wait), unknown_at=None)
    _say_why(row, fate.verdict)


def _say_why(row: dict[str, Any], verdict: Verdict | None) -> None:
    if verdict:
        row.update(error_code=verdict.code, error=verdict.words)


def _failed(row: dict[str, Any], verdict: Verdict) -> Failed:
    return Failed(
        (row["organization_id"], row["conversation_id"]),
        row["id"],
        verdict.failure,
        verdict.code,
        verdict.words,
        window_closed=verdict.kind == "window",
    )
