"""Messages of ours that are no turns: an agent's letter, and what the outbox reports back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from bot.conversations import actions, held
from bot.conversations.changes import Changes
from bot.conversations.engine import Request, begin
from bot.conversations.held import Held, Key

LONGEST_TEXT = 1600
"""Characters that Twilio takes in one message. https://www.twilio.com/docs/api/errors/21617"""


@dataclass(frozen=True, slots=True)
class Letter:
    """What an agent writes: a text, or a template (ContentSid) with its variables.

    `media` is a file that goes along with a text or alone: `{"attachment" | "url", "type", …}`.
    """

    conversation: Key
    author: str
    text: str = ""
    template: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken a request of ours: its time begins now."""

    conversation: Key
    message_id: UUID


def write(connection: Connection, letter: Letter, now: datetime) -> UUID | actions.Refusal:
    """Queue an agent's message. Gives back its id, or why it may not be sent."""
    if not fits(letter.text):
        return actions.Refusal("text_too_long")
    found = held.by_key(connection, {letter.conversation})[letter.conversation]
    refusal = _why_not(letter)(found, now)
    if refusal:
        return refusal
    changes = Changes(now)
    if actions.begins_by_writing(found, now):
        begin(changes, found, Request(found.key, letter.author, "agent's first message"))
    line = changes.write(
        found, letter.author, letter.text, letter.template, letter.variables, letter.media
    )
    changes.commit(connection)
    message_id: UUID = line["id"]
    return message_id


def fits(text: str) -> bool:
    """Whether a text is short enough, counted as browsers do: an emoji may be two characters."""
    return len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT


def accept(connection: Connection, accepted: Sequence[Accepted], now: datetime) -> None:
    """Let the clocks of requests start at the moment at which the provider took them."""
    if not accepted:
        return
    found = held.by_key(connection, {one.conversation for one in accepted})
    changes = Changes(now)
    for one in accepted:
        conversation = found[one.conversation]
        lasts = conversation.flow.state(conversation.state).lasts
        if lasts and one.message_id == conversation.request_id:
            changes.touch(conversation).due_at = now + lasts
    changes.commit(connection)


def cancelled(connection: Connection, messages: Sequence[tuple[Key, UUID]], now: datetime) -> None:
    """Enter into the ledger that messages were not sent: consent no longer covered them."""
    if not messages:
        return
    found = held.by_key(connection, {conversation for conversation, _ in messages})
    changes = Changes(now)
    for conversation, message_id in messages:
        one = found[conversation]
        changes.prove(one, "message.cancelled", one.state, {"message": str(message_id)}, {})
    changes.commit(connection)


def _why_not(letter: Letter) -> Callable[[Held, datetime], actions.Refusal | None]:
    if letter.template:
        return actions.why_not_template
    return actions.why_not_media if letter.media else actions.why_not_text
