"""A file of consents given elsewhere: what would come of it, and bringing them in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.campaigns.forecast import conversations_with
from bot.conversations import actions, prior
from bot.conversations.actions import Refusal
from bot.conversations.prior import Prior
from bot.people import joining, newcomers
from bot.people.consent_file import Witness
from bot.people.contact_file import in_batches
from bot.people.csv_lines import Skipped
from bot.people.senders import House
from bot.store.db import Database

BATCH = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the file, and whether its consent counts; if not, the `reason`, a code of the API.

    `words` say what is wrong with the line itself.
    """

    line: int
    address: str | None
    reason: str | None = None
    words: str | None = None


def look(
    connection: Connection, house: House, lines: Iterable[Witness | Skipped], now: datetime
) -> Iterator[Told]:
    """Say of each line what would come of it. Nothing is changed by looking."""
    for batch in in_batches(iter(lines), BATCH):
        witnesses = [one for one in batch if isinstance(one, Witness)]
        found = conversations_with(connection, house, witnesses, now)
        refusals = {one.phone: actions.why_not_bring(found[one.phone], now) for one in witnesses}
        yield from _told(batch, refusals)


def bring(
    connection: Connection, house: House, batch: Sequence[Witness | Skipped], by: str,
    now: datetime,
) -> list[Told]:  # fmt: skip
    """Bring in the consents of some lines, as part of a transaction."""
    witnesses = [one for one in batch if isinstance(one, Witness)]
    strangers = [joining.Newcomer(one.name, one.phone, language=one.language) for one in witnesses]
    joined = joining.join(connection, house.organization_id, strangers, now)
    owners = {address: one.contact_id for address, one in joined.items()}
    opened = newcomers.open_conversations(connection, house, owners, now) if owners else {}
    priors = [
        Prior((house.organization_id, opened[one.phone]), by, one.source, one.day, one.evidence)
        for one in witnesses
    ]
    answers = prior.bring(connection, priors, now)
    phones = [one.phone for one in witnesses]
    return list(_told(batch, dict(zip(phones, answers, strict=True))))


def bring_bit_by_bit(
    database: Database, house: House, lines: Iterable[Witness | Skipped], by: str, now: datetime
) -> list[Told]:
    """Bring in a file of any size, committing each batch. Raises what reading the file raises."""
    told: list[Told] = []
    for batch in in_batches(iter(lines), BATCH):
        with database.writing() as connection:
            told += bring(connection, house, batch, by, now)
    return told


def counts(told: Iterable[Told]) -> dict[str, Any]:
    """How many lines open a conversation, how many do not, and for which reasons."""
    reasons = Counter(one.reason for one in told)
    brought = reasons.pop(None, 0)
    return {"imported": brought, "refused": reasons.total(), "reasons": dict(reasons)}


def _told(
    batch: Iterable[Witness | Skipped], refusals: dict[str, Refusal | None]
) -> Iterator[Told]:
    for one in batch:
        if isinstance(one, Witness):
            refusal = refusals[one.phone]
            yield Told(one.line, one.phone, refusal.reason if refusal else None)
        else:
            yield Told(one.line, None, one.why, one.words)
