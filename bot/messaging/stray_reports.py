"""Status callbacks under tokens of nobody: kept and shown, and never more than so many.

Twilio signs them, so they come from our account; yet whoever sends by it with our address may send
a million messages, and each is reported on several times.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from bot import problems
from bot.messaging.forms import Callback
from bot.store.among import among
from bot.store.bulk import insert_all
from bot.store.models import StrayReport

MOST = 200
"""Messages whose latest report is kept; the oldest make room."""

KIND, SUBJECT = "stray report", "status callback"

WORDS = (
    "Twilio reports on messages that are not in this database, the last time on {sid} ({status}). "
    "Nothing was changed by it. One now and then is about a try to send that was made again since: "
    "look in Twilio's log whether the contact got both. Many mean that another installation sends "
    "with this account and PUBLIC_URL, or that the database was set back to an earlier day. Give "
    "every installation its own PUBLIC_URL; what was sent since that day stands in Twilio's log."
)


def keep(connection: Connection, reports: Sequence[Callback], now: datetime) -> None:
    """Keep the latest report on each message, in as many statements for one as for all.

    The problem is noted first: who else has some waits for its row, and so meets nobody below.
    """
    if not reports:
        return
    last = reports[-1]
    words = WORDS.format(sid=last.sid, status=last.status)
    problems.note(connection, KIND, SUBJECT, words, now, times=len(reports))
    latest = {one.sid: one for one in reports}
    connection.execute(delete(StrayReport).where(among(connection, StrayReport.sid, list(latest))))
    insert_all(connection, StrayReport, [_row(one, now) for one in latest.values()])
    newest_first = select(StrayReport.sid).order_by(StrayReport.at.desc(), StrayReport.sid)
    connection.execute(delete(StrayReport).where(StrayReport.sid.in_(newest_first.offset(MOST))))


def latest(connection: Connection, most: int) -> list[Row[Any]]:
    """What is kept, the latest first: the sid of the message, its status, the error code, when."""
    query = select(*StrayReport.__table__.columns).order_by(StrayReport.at.desc(), StrayReport.sid)
    return list(connection.execute(query.limit(most)))


def forget(connection: Connection) -> None:
    """Keep none of them any longer: somebody has looked at them."""
    connection.execute(delete(StrayReport))


def _row(one: Callback, now: datetime) -> dict[str, Any]:
    return {"sid": one.sid, "status": one.status, "error_code": one.code, "at": now}
