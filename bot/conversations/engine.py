"""Turns of any flow, one or a thousand in a transaction.

Each function takes a connection in a transaction and `now`, and commits nothing: who calls decides
what else belongs to the same commit. A batch costs as many statements as one turn, newcomers apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from bot.conversations import actions, arrivals, held
from bot.conversations.arrivals import Received
from bot.conversations.changes import Changes
from bot.conversations.families import Families, stop_beside
from bot.conversations.hearing import hear
from bot.conversations.held import Held, Key
from bot.conversations.inbound import Inbound
from bot.conversations.quotes import Quotes
from bot.conversations.take import Cause, take, turn_of
from flows.replies import Reading
from flows.turn import Failure, FailureKind


@dataclass(frozen=True, slots=True)
class Request:
    """An agent asks, or a `campaign` of theirs: on what basis may they write at all?"""

    conversation: Key
    asked_by: str
    basis: str
    campaign: UUID | None = None

    @property
    def facts(self) -> dict[str, str]:
        """What the ledger says of it."""
        of = {"campaign": str(self.campaign)} if self.campaign else {}
        return {"asked_by": self.asked_by, "basis": self.basis, **of}


@dataclass(frozen=True, slots=True)
class Failed:
    """A message of ours will not arrive: its id, the provider's code, and the reason in words."""

    conversation: Key
    message_id: UUID
    kind: FailureKind
    code: int | None
    words: str
    window_closed: bool = False


def receive(
    connection: Connection, inbound: Sequence[Inbound], now: datetime, wall: datetime
) -> list[Received]:
    """Hear what contacts sent. Each message counts once, however often it is delivered.

    `wall` is the real moment: messages fetched late are held against it.
    """
    placed, verdicts = arrivals.place(connection, inbound, now, wall)
    families = Families(connection, (one for each in placed for one in each.conversations))
    quotes = Quotes(connection, placed)
    changes = Changes(now)
    for one in placed:
        hear(changes, families, quotes, one)
    changes.commit(connection)
    return verdicts


def start(
    connection: Connection, requests: Sequence[Request], now: datetime
) -> list[actions.Refusal | None]:
    """Ask contacts for consent. For each request None when it is out, else why it is not."""
    found = held.by_key(connection, {request.conversation for request in requests})
    changes = Changes(now)
    answers = [begin(changes, found[request.conversation], request) for request in requests]
    changes.commit(connection)
    return answers


def begin(changes: Changes, conversation: Held, request: Request) -> actions.Refusal | None:
    """Ask one contact, as part of changes that are being collected."""
    if conversation.due_at and conversation.due_at <= changes.now:
        _expire(changes, conversation)
    decide = actions.why_not_ask_in_bulk if request.campaign else actions.why_not_ask
    refusal = decide(conversation, changes.now)
    if refusal:
        return refusal
    conversation.asked_by, conversation.basis = request.asked_by, request.basis
    cause = Cause(facts=request.facts)
    take(changes, conversation, "start", turn_of(conversation, changes), cause)
    return None


def expire(
    connection: Connection, now: datetime, limit: int = 1000, only: Key | None = None
) -> int:
    """Let up to `limit` conversations whose time is up go on. Gives back how many there were."""
    overdue = held.due(connection, now, limit, only)
    changes = Changes(now)
    for conversation in overdue.values():
        _expire(changes, conversation)
    changes.commit(connection)
    return len(overdue)


def _expire(changes: Changes, conversation: Held) -> None:
    due_at = conversation.due_at.isoformat() if conversation.due_at else None
    turn = turn_of(conversation, changes)
    # Cleared first: a state that no longer expires must not come up again at every tick.
    changes.touch(conversation).due_at = None
    take(changes, conversation, "expire", turn, Cause(facts={"due_at": due_at}))


def fail(connection: Connection, failures: Sequence[Failed], now: datetime) -> None:
    """Take note that messages of ours will not arrive."""
    if not failures:
        return
    found = held.by_key(connection, {failed.conversation for failed in failures})
    families = Families(connection, found.values())
    changes = Changes(now)
    for failed in failures:
        _fail(changes, found[failed.conversation], failed)
        if failed.kind == "blocked":
            stop_beside(changes, families, found[failed.conversation])
    changes.commit(connection)


def _fail(changes: Changes, conversation: Held, failed: Failed) -> None:
    failure = Failure(failed.kind, of_request=failed.message_id == conversation.request_id)
    if failure.of_request and conversation.unanswered:
        # Nobody got it, so it does not count among those without an answer.
        changes.touch(conversation).unanswered -= 1
    if failed.window_closed:
        changes.touch(conversation).window_until = changes.now
    cause = Cause(
        facts={"message": str(failed.message_id), "code": failed.code}, reason=failed.words
    )
    take(changes, conversation, "fail", turn_of(conversation, changes, failure=failure), cause)


def withdraw(
    connection: Connection, conversation: Key, by: str, reason: str, now: datetime
) -> None:
    """Take an opt-out that reached us another way: by phone, by letter, at the counter."""
    found = held.by_key(connection, {conversation})[conversation]
    changes = Changes(now)
    reading = Reading("stop", False, "reported by an agent", "")
    cause = Cause(facts={"via": "agent", "by": by}, personal={"text": reason})
    take(changes, found, "receive", turn_of(found, changes, heard=reading), cause)
    stop_beside(changes, Families(connection, [found]), found)
    changes.commit(connection)
