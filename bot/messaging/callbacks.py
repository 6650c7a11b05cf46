"""Status callbacks: every one is kept as it came, and moves the message that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Connection, Row, select

from bot import problems
from bot.messaging import fates, stray_reports
from bot.messaging.fates import Fate, Status
from bot.messaging.forms import Callback
from bot.messaging.verdicts import verdict
from bot.store.among import among
from bot.store.bulk import insert_all
from bot.store.columns import new_id
from bot.store.models import Delivery, Message

Noted = Literal["noted", "unknown"]

MISTAKEN = (
    "Twilio reports on this message under another row than the one that took it for its own after "
    "a call without an answer. Compare both in the Twilio console; the report was noted."
)


def take(connection: Connection, callbacks: Sequence[Callback], now: datetime) -> list[Noted]:
    """Note what Twilio reports. Under a token of nobody it is `unknown`, and only kept."""
    rows = fates.by_token(connection, {one.token for one in callbacks})
    known = [(one, rows[one.token]) for one in callbacks if one.token in rows]
    insert_all(connection, Delivery, [_delivery(one, row, now) for one, row in known])
    messages = {(row.organization_id, row.id): row for row in rows.values()}
    strange = _adopted_by_others(connection, known)
    for sid in sorted(strange):
        problems.note(connection, "message mistaken", sid, MISTAKEN, now)
    fates.record(connection, messages, [_fate(one, row, strange) for one, row in known], now)
    # Last, since others who have some wait for this from here to the commit.
    stray_reports.keep(connection, [one for one in callbacks if one.token not in rows], now)
    return ["noted" if one.token in rows else "unknown" for one in callbacks]


def _delivery(one: Callback, row: Row[Any], now: datetime) -> dict[str, Any]:
    return {
        "organization_id": row.organization_id,
        "id": new_id(),
        "message_id": row.id,
        "sid": one.sid,
        "status": one.status,
        "error_code": one.code,
        "detail": one.words or None,
        "at": now,
    }


def _adopted_by_others(
    connection: Connection, known: Sequence[tuple[Callback, Row[Any]]]
) -> set[str]:
    """Sids that another row took for its own, when its call got no answer."""
    new = {one.sid: row.id for one, row in known if row.sid is None}
    if not new:
        return set()
    query = select(Message.sid, Message.id).where(among(connection, Message.sid, list(new)))
    return {sid for sid, owner in connection.execute(query) if sid and owner != new[sid]}


def _fate(one: Callback, row: Row[Any], strange: set[str]) -> Fate:
    failed = one.status in ("failed", "undelivered")
    return Fate(
        message=(row.organization_id, row.id),
        status=cast(Status, one.status),
        sid=None if one.sid in strange else one.sid,
        verdict=verdict(one.code, one.words) if failed else None,
        called_back=True,
    )
