"""Hearing one message of a contact: what it means, and the turn that comes of it."""

from __future__ import annotations

from typing import Any

from bot.conversations.actions import why_no_request
from bot.conversations.arrivals import Placed
from bot.conversations.changes import Changes
from bot.conversations.families import Families, follow_stops, has_stopped, stop_beside
from bot.conversations.held import Held
from bot.conversations.inbound import Inbound
from bot.conversations.quotes import Quotes
from bot.conversations.strangers import greet
from bot.conversations.take import Cause, settle, turn_of
from flows import replies
from flows.flow import DAY
from flows.replies import Reading
from flows.turn import Say, Turn

OUT_OF_ORDER = "sent before what was heard last"
ANOTHER_QUESTION = "an answer to a message that an agent wrote"
PROVIDER = "the provider's own list of words"
"""Words that an organization has given to Twilio (Advanced Opt-Out) and not to us.

https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
"""


def hear(changes: Changes, families: Families, quotes: Quotes, placed: Placed) -> None:
    """Take the turn of one message."""
    conversation, inbound = placed.conversation, placed.inbound
    reading = _read(conversation, inbound)
    if placed.anew:
        reading = greet(changes, families, placed, reading)
    if placed.joined:
        follow_stops(changes, families, conversation, placed.joined)
    if _comes_back(conversation, reading) and quotes.an_agent(placed):
        reading = Reading("unclear", reading.tap, ANOTHER_QUESTION, reading.words)
    before = conversation.state
    changes.hear(conversation, inbound)
    conversation.known_as = inbound.user_id or conversation.known_as
    _open_window(changes, placed)
    turn = _turn(changes, conversation, reading)
    settle(changes, conversation, turn, _cause(conversation, inbound, reading))
    if conversation.state != before and has_stopped(conversation):
        stop_beside(changes, families, conversation)


def _open_window(changes: Changes, placed: Placed) -> None:
    conversation, wall = placed.conversation, placed.wall
    sent_at = min(placed.inbound.sent_at or wall, wall)
    conversation.heard_at = max(conversation.heard_at or sent_at, sent_at)
    conversation.window_until = conversation.heard_at + (changes.now - wall) + DAY


def _turn(changes: Changes, conversation: Held, reading: Reading) -> Turn:
    """Take the turn; one that changes nothing when it came too late, or from a stranger we keep.

    Nor does one that would ask where nothing can be asked.
    """
    turn = turn_of(conversation, changes, heard=reading)
    if reading.rule == OUT_OF_ORDER:
        return turn
    conversation.flow.take("receive", turn)
    asks = any(isinstance(effect, Say) and effect.request for effect in turn.effects)
    if asks and (conversation.strangers == "keep" or why_no_request(conversation, changes.now)):
        return turn_of(conversation, changes, heard=reading)
    return turn


def _read(conversation: Held, inbound: Inbound) -> Reading:
    """Read a reply. What was sent before something already heard can refuse, and nothing else."""
    reading = replies.read(inbound.heard, conversation.language)
    if inbound.answered == "stop" and reading.meaning != "stop":
        return Reading("stop", reading.tap, PROVIDER, reading.words)
    if reading.meaning not in ("stop", "no") and _is_late(conversation, inbound):
        return Reading("unclear", reading.tap, OUT_OF_ORDER, reading.words)
    if inbound.answered == "help" and reading.meaning == "unclear":
        return Reading("help", reading.tap, PROVIDER, reading.words)
    return reading


def _is_late(conversation: Held, inbound: Inbound) -> bool:
    """Whether it was sent before what was heard last; in the same second, a stop is the last.

    The provider's dates have whole seconds.
    """
    sent_at, heard_at = inbound.sent_at, conversation.heard_at
    if sent_at is None or heard_at is None:
        return False
    return sent_at < heard_at or (sent_at == heard_at and has_stopped(conversation))


def _comes_back(conversation: Held, reading: Reading) -> bool:
    return reading.meaning in ("yes", "start") and has_stopped(conversation)


def _cause(conversation: Held, inbound: Inbound, reading: Reading) -> Cause:
    facts: dict[str, Any] = {
        "via": inbound.via,
        "request": conversation.request_id,
        "read": {
            "meaning": reading.meaning,
            "tap": reading.tap,
            "rule": reading.rule,
            "words": reading.words,
        },
    }
    if inbound.answered:
        facts["answered_by_provider"] = inbound.answered
    unasked = conversation.strangers == "keep" and conversation.request_id is None
    return Cause(
        facts=facts,
        personal=_answer(conversation, inbound),
        default_kind="message.received",
        quiet=inbound.answered is not None or (unasked and reading.meaning != "stop"),
    )


def _answer(conversation: Held, inbound: Inbound) -> dict[str, str]:
    given = {
        "text": inbound.heard.text,
        "payload": inbound.heard.payload,
        "button": inbound.heard.button,
        "sid": inbound.sid,
        "replied_to": inbound.replied_to,
        "written_from": inbound.address if inbound.address != conversation.address else None,
    }
    return {name: value for name, value in given.items() if value}
