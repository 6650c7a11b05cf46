"""One turn of one conversation, in memory: every trigger of every flow goes through here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from bot.conversations.changes import Changes
from bot.conversations.held import Held
from flows.replies import Reading
from flows.turn import Failure, Record, Say, Tell, Trigger, Turn

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a turn is taken, for the ledger: plain `facts` and `personal` values, apart.

    `quiet`: the contact has heard of it already, so automatic texts stay unsaid, requests apart.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    default_kind: str | None = None
    quiet: bool = False


def turn_of(
    held: Held, changes: Changes, heard: Reading | None = None, failure: Failure | None = None
) -> Turn:
    """Make the turn of a conversation at the moment of these changes."""
    if not held.flow.knows(held.state):
        _return_to_start(held, changes)
    return Turn(held.state, changes.now, heard, failure, dict(held.said))


def take(changes: Changes, held: Held, trigger: Trigger, turn: Turn, cause: Cause) -> None:
    """Apply `trigger` and collect what came of it. A turn that refuses changes nothing."""
    held.flow.take(trigger, turn)
    if turn.refusal is None:
        settle(changes, held, turn, cause)


def enter(held: Held, state: str, at: datetime) -> None:
    """Let a conversation be in another state from this moment on.

    What was said up to here is then covered no more, unless agents may write before and after.
    """
    if not (held.flow.is_open(held.state) and held.flow.is_open(state)):
        held.since_line = held.lines
    held.state, held.state_since = state, at
    lasts = held.flow.state(state).lasts
    held.due_at = at + lasts if lasts else None


def settle(changes: Changes, held: Held, turn: Turn, cause: Cause) -> None:
    """Collect what came of a turn that has been taken."""
    before = held.state
    if turn.state != before:
        enter(changes.touch(held), turn.state, turn.now)
    shown = [
        said for effect in turn.effects
        if isinstance(effect, Say) and (effect.request or not cause.quiet)
        if (said := changes.say(held, effect))
    ]  # fmt: skip
    for effect in turn.effects:
        if isinstance(effect, Tell):
            changes.tell(held, effect.notice, reason=cause.reason)
    kinds = [effect.kind for effect in turn.effects if isinstance(effect, Record)]
    for kind in kinds or ([cause.default_kind] if cause.default_kind else []):
        _prove(changes, held, kind, before, shown, cause)
        before = held.state


def _prove(
    changes: Changes, held: Held, kind: str, before: str, shown: list[dict[str, Any]], cause: Cause
) -> None:
    facts = dict(cause.facts)
    if shown:
        facts["shown"] = [{k: v for k, v in said.items() if k != "text"} for said in shown]
    texts = {f"shown {said['name']}": str(said["text"]) for said in shown}
    changes.prove(held, kind, before, facts, {**texts, **cause.personal})


def _return_to_start(held: Held, changes: Changes) -> None:
    """A state that the flow no longer has: begin anew, and leave consent to a new yes."""
    log.warning("state_lost", conversation=str(held.id), flow=held.flow.name, state=held.state)
    before = held.state
    enter(held, held.flow.initial, changes.now)
    changes.prove(held, "state.lost", before, {}, {})
