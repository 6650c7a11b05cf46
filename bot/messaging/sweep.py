"""Fetching what no webhook brought: Twilio does not try for long, and a lost STOP must be found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot import problems
from bot.conversations import engine
from bot.conversations.inbound import Inbound
from bot.messaging.forms import PHONE, WHATSAPP_ID
from bot.messaging.gateway import Gateway, Listed
from bot.runtime import Runtime
from bot.store.models import Arrival, Organization, Sender
from flows.replies import Heard

BACK = timedelta(days=1)
"""How far a sweep looks back beyond the last one that succeeded."""

BATCH = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Swept:
    """How many senders were looked at, and how many messages nobody had told us of."""

    senders: int
    found: int


def sweep(runtime: Runtime, since: datetime | None) -> Swept:
    """Take all messages to our senders that we have not seen, oldest first.

    `since` (wall) is when the last sweep succeeded; None is never.
    """
    start = (since or runtime.clock.wall()) - BACK
    with runtime.database.reading() as connection:
        senders = list(connection.scalars(select(Sender.address).join(Organization)))
    gateway = Gateway(runtime.settings)
    found = sum(_sweep_sender(runtime, gateway, sender, start) for sender in senders)
    return Swept(len(senders), found)


def _sweep_sender(runtime: Runtime, gateway: Gateway, sender: str, since: datetime) -> int:
    listed = [one for one in gateway.received_by(sender, since) if _is_readable(one)]
    found = 0
    for first in range(0, len(listed), BATCH):
        found += _take(runtime, listed[first : first + BATCH])
    if found:
        log.warning("messages_swept", found=found)
    return found


def _take(runtime: Runtime, listed: list[Listed]) -> int:
    with runtime.database.reading() as connection:
        sids = [one.sid for one in listed]
        seen = set(connection.scalars(select(Arrival.sid).where(Arrival.sid.in_(sids))))
    new = [_inbound(one) for one in listed if one.sid not in seen]
    try:
        return _receive(runtime, new)
    except OperationalError:
        raise  # the database's fault, and no message's
    except Exception:
        log.exception("batch_taken_apart", messages=len(new))
    return sum(_receive_alone(runtime, one) for one in new)


def _receive(runtime: Runtime, new: list[Inbound]) -> int:
    if not new:
        return 0
    with runtime.database.writing() as connection:
        now, wall = runtime.clock.now(connection), runtime.clock.wall()
        verdicts = engine.receive(connection, new, now, wall)
    return verdicts.count("taken")


def _receive_alone(runtime: Runtime, one: Inbound) -> int:
    """Take one message. One that cannot be taken stops no other, and comes up at every sweep."""
    try:
        return _receive(runtime, [one])
    except OperationalError:
        raise
    except Exception as error:
        log.exception("message_not_taken", sid=one.sid)
        words = (
            f"A message that no webhook brought could not be taken ({type(error).__name__}; the "
            "log says more). It is tried again at every sweep; look at it in the Twilio console."
        )
        problems.report(runtime, "message not taken", one.sid, words)
        return 0


def _is_readable(one: Listed) -> bool:
    address = one.sender.removeprefix("whatsapp:")
    return bool(PHONE.fullmatch(address) or WHATSAPP_ID.fullmatch(address))


def _inbound(one: Listed) -> Inbound:
    media = ({"url": "", "type": "unknown"},) * one.media
    return Inbound(
        sid=one.sid,
        sender=one.recipient,
        address=one.sender.removeprefix("whatsapp:"),
        heard=Heard(text=one.text.replace("\0", "␀"), media=one.media > 0),
        media=media,
        sent_at=one.created_at,
        via="sweep",
    )
