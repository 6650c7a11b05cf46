"""Consent that was given to the business elsewhere, brought in with what shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.conversations import actions, held
from bot.conversations.actions import Refusal
from bot.conversations.changes import Changes
from bot.conversations.held import Key
from bot.conversations.take import Cause, take, turn_of


@dataclass(frozen=True, slots=True)
class Prior:
    """A consent of an earlier day: where it was given, what shows it, and who brings it in.

    `source` names a place (`form on the website`) and stands in the ledger as it is; `evidence` may
    name the person and stands there as a commitment.
    """

    conversation: Key
    brought_by: str
    source: str
    day: date
    evidence: str


def bring(connection: Connection, priors: Sequence[Prior], now: datetime) -> list[Refusal | None]:
    """Open conversations by consents given before. For each None when it is open, else why not.

    Nothing is sent. One that has opted out stays so: only the contact can undo that.
    """
    found = held.by_key(connection, {prior.conversation for prior in priors})
    changes = Changes(now)
    answers = [_bring(changes, found[prior.conversation], prior) for prior in priors]
    changes.commit(connection)
    return answers


def _bring(changes: Changes, conversation: held.Held, prior: Prior) -> Refusal | None:
    refusal = actions.why_not_bring(conversation, changes.now)
    if refusal:
        return refusal
    conversation.asked_by, conversation.basis = prior.brought_by, prior.source
    cause = Cause(
        facts={
            "brought_by": prior.brought_by, "source": prior.source, "given_on": str(prior.day),
        },
        personal={"evidence": prior.evidence},
    )  # fmt: skip
    turn = turn_of(conversation, changes)
    turn.prior = True
    take(changes, conversation, "start", turn, cause)
    return None
