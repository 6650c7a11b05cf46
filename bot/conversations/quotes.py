"""What messages reply to: a yes to an agent's own question is no consent.

A tap and a swiped reply name the message that they answer.
https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from uuid import UUID

from sqlalchemy import Connection, select

from bot.conversations.arrivals import Placed
from bot.store.among import among_theirs
from bot.store.models import Message

Quote = tuple[UUID, str]
"""Organization, and the sid of a message of ours."""


class Quotes:
    """The messages of ours that a batch replies to, read in one statement when first needed."""

    def __init__(self, connection: Connection, placed: Sequence[Placed]) -> None:
        self._connection = connection
        self._quoted = {quote for one in placed if (quote := _quote(one))}

    def an_agent(self, placed: Placed) -> bool:
        """Whether a message replies to what an agent wrote, a template or a text."""
        quote = _quote(placed)
        return quote is not None and quote in self._agents

    @cached_property
    def _agents(self) -> set[Quote]:
        query = (
            select(Message.organization_id, Message.sid)
            .where(among_theirs(self._connection, Message.sid, self._quoted))
            .where(Message.author.is_not(None))
        )
        return {(row[0], row[1] or "") for row in self._connection.execute(query)}


def _quote(placed: Placed) -> Quote | None:
    sid = placed.inbound.replied_to
    return (placed.conversation.organization_id, sid) if sid else None
