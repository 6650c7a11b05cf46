"""What a person has with one sender under all of their addresses: who stops one stops all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Connection

from bot.conversations import held
from bot.conversations.changes import Changes
from bot.conversations.held import Held, Key
from bot.conversations.take import Cause, take, turn_of
from bot.store.among import Columns
from bot.store.models import Conversation
from flows import FLOWS
from flows.replies import Reading
from flows.turn import Turn

BY_CONTACT: Columns = (Conversation.organization_id, Conversation.contact_id)

EVER = datetime.min.replace(tzinfo=UTC)
STOPPED_ELSEWHERE = "they stopped under another address of theirs"


class Families:
    """The conversations of a batch, and those beside them, read when they are first needed."""

    def __init__(self, connection: Connection, known: Iterable[Held]) -> None:
        self._connection = connection
        self._known = {one.key: one for one in known}
        self._read: dict[Key, Held] | None = None

    def beside(self, conversation: Held) -> list[Held]:
        """The other conversations of the same person with the same sender."""
        return [
            one
            for one in self.of(conversation)
            if one.sender_id == conversation.sender_id and one is not conversation
        ]

    def of(self, conversation: Held) -> list[Held]:
        """All conversations of the same person, with any sender."""
        if self._read is None:
            people = {_person(one) for one in self._known.values()}
            found = held.find(self._connection, BY_CONTACT, people, lock=True)
            # One object for each conversation, or one turn would overwrite another.
            self._read = found | {key: self._known[key] for key in found.keys() & self._known}
        return [one for one in self._read.values() if _person(one) == _person(conversation)]


def has_stopped(conversation: Held) -> bool:
    """Whether the person wants to hear no more: another stop would change nothing."""
    return is_stopped(conversation.flow.name, conversation.state)


@cache
def is_stopped(flow: str, state: str) -> bool:
    """Whether nobody in this state of a flow is written to: another stop would change nothing."""
    turn = Turn(state, EVER, Reading("stop", False, STOPPED_ELSEWHERE, ""))
    return FLOWS[flow].knows(state) and FLOWS[flow].take("receive", turn) and turn.state == state


def stop_beside(changes: Changes, families: Families, conversation: Held) -> None:
    """Let a stop count under every address of the person; they hear of it once."""
    for one in families.beside(conversation):
        follow(changes, one, conversation)


def follow_stops(
    changes: Changes, families: Families, conversation: Held, joined: Collection[UUID]
) -> None:
    """Let a stop that was given before count under all addresses that have just been joined.

    Each sender is a matter of its own. What had been joined earlier has followed then; a yes given
    since is newer.
    """
    theirs = families.of(conversation)
    for sender_id in {one.sender_id for one in theirs if one.id in joined}:
        group = [one for one in theirs if one.sender_id == sender_id]
        news = [one for one in group if one.id in joined or not one.heard_in]
        stopped = next((one for one in news if has_stopped(one)), None)
        for one in group:
            if stopped:
                follow(changes, one, stopped)


def follow(changes: Changes, one: Held, stopped: Held) -> None:
    """Let a stop in one conversation count in another one."""
    if has_stopped(one):
        return
    reading = Reading("stop", False, STOPPED_ELSEWHERE, "")
    cause = Cause(
        facts={"via": "another address", "stopped_in": str(stopped.id), "rule": reading.rule},
        quiet=True,
    )
    take(changes, one, "receive", turn_of(one, changes, heard=reading), cause)


def _person(conversation: Held) -> tuple[UUID, UUID]:
    return conversation.organization_id, conversation.contact_id
