"""A person decides on a message of which nobody could find out whether it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, delete, select

from bot.conversations import held
from bot.conversations.changes import Changes
from bot.messaging import fates
from bot.messaging.fates import Fate
from bot.messaging.forms import SID
from bot.messaging.verdicts import Verdict
from bot.people.mistakes import Mistake
from bot.store.bulk import update_all
from bot.store.models import Message, Problem

IN_DOUBT = ("unknown", "uncertain")

GIVEN_UP = Verdict(
    None, "final", "It could not be found out whether this message was sent, and it was given up."
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided: it was `sent` (with its sid), `send again`, or `give up`."""

    what: Literal["sent", "send again", "give up"]
    by: str
    sid: str | None = None


def resolve(connection: Connection, message_id: UUID, decision: Decision, now: datetime) -> str:
    """Do what was decided, with an entry in the ledger; gives back the message's new status.

    Raises `Mistake` when there is no such message or its fate is known.
    """
    row = _in_doubt(connection, message_id)
    key = row.organization_id, row.id
    if decision.what == "send again":
        update_all(connection, Message, [_queued(row, now)])
    else:
        fate = _fate(connection, row, decision)
        fates.record(connection, {key: row}, [fate], now)
    _prove(connection, row, decision, now)
    connection.execute(delete(Problem).where(Problem.subject == str(message_id)))
    return str(connection.scalar(select(Message.status).where(Message.id == message_id)))


def look_again(connection: Connection, message_id: UUID, now: datetime) -> None:
    """Let the worker look for a message at the provider once more; it is not sent again by that.

    Raises `Mistake` when there is no such message or its fate is known.
    """
    row = _in_doubt(connection, message_id)
    changed = {**_queued(row, now), "status": "unknown", "unknown_at": now}
    update_all(connection, Message, [changed | {"unanswered": row.unanswered}])
    connection.execute(delete(Problem).where(Problem.subject == str(message_id)))


def _in_doubt(connection: Connection, message_id: UUID) -> Row[Any]:
    organization_id = connection.scalar(
        select(Message.organization_id).where(Message.id == message_id)
    )
    if organization_id is None:
        raise Mistake(f"There is no message {message_id}. See: flask outbox list")
    row = next(iter(fates.by_key(connection, [(organization_id, message_id)]).values()))
    if row.status not in IN_DOUBT:
        raise Mistake(
            f"Nothing is to be decided: the message is {row.status}. Only messages whose fate is "
            "unknown or uncertain are."
        )
    return row


def _queued(row: Row[Any], now: datetime) -> dict[str, Any]:
    # The token stays: should the first one have been sent after all, its callback still finds us.
    return {
        "organization_id": row.organization_id,
        "id": row.id,
        "status": "queued",
        "due_at": now,
        "lease_until": None,
        "unknown_at": None,
        "unanswered": 0,
    }


def _fate(connection: Connection, row: Row[Any], decision: Decision) -> Fate:
    key = row.organization_id, row.id
    if decision.what == "give up":
        return Fate(key, "failed", verdict=GIVEN_UP, called_back=True)
    sid = decision.sid or ""
    if not SID.fullmatch(sid):
        raise Mistake(f"{sid!r} is not a MessageSid: SM or MM and 32 letters or digits.")
    if connection.scalar(select(Message.id).where(Message.sid == sid)):
        raise Mistake(f"{sid} is another message already.")
    return Fate(key, "sent", sid=sid)


def _prove(connection: Connection, row: Row[Any], decision: Decision, now: datetime) -> None:
    key = row.organization_id, row.conversation_id
    conversation = held.by_key(connection, {key})[key]
    facts = {"message": str(row.id), "decision": decision.what, "by": decision.by}
    personal = {"sid": decision.sid} if decision.sid else {}
    changes = Changes(now)
    changes.prove(conversation, "message.resolved", conversation.state, facts, personal)
    changes.commit(connection)
