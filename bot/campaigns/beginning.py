"""How a bulk request begins: written down whole, and only then let loose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from bot.campaigns.candidates import Candidate
from bot.conversations.held import Key
from bot.people import joining
from bot.people.contact_file import Newcomer, in_batches
from bot.people.mistakes import Mistake
from bot.people.senders import House
from bot.store.bulk import insert_all
from bot.store.columns import new_id
from bot.store.db import Database
from bot.store.models import Campaign, Invitation

BATCH = 500
LONGEST_BASIS = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """A bulk request before it begins: who asks, on what basis, and whom, in words."""

    house: House
    asked_by: str
    basis: str
    source: str


def prepare(connection: Connection, plan: Plan, now: datetime) -> Key:
    """Write down a campaign that asks nobody yet. Raises `Mistake` when it has no basis."""
    basis = " ".join(plan.basis.split())
    if not basis:
        raise Mistake("Say on what basis you may write to these people: it is kept as evidence.")
    row = {
        "organization_id": plan.house.organization_id,
        "id": new_id(),
        "sender_id": plan.house.sender_id,
        "asked_by": plan.asked_by,
        "basis": basis[:LONGEST_BASIS],
        "source": plan.source,
        "status": "preparing",
        "due_at": now,
        "created_at": now,
    }
    insert_all(connection, Campaign, [row])
    return plan.house.organization_id, row["id"]  # type: ignore[return-value]


def invite(
    connection: Connection, campaign: Key, first: int, candidates: Sequence[Candidate],
    now: datetime,
) -> None:  # fmt: skip
    """Add candidates to a campaign, from the place `first` on; strangers become contacts."""
    people = [one for one in candidates if isinstance(one, Newcomer)]
    strangers = [joining.Newcomer(one.name, one.phone, language=one.language) for one in people]
    joining.join(connection, campaign[0], strangers, now)
    rows = [_row(campaign, place, one, now) for place, one in enumerate(candidates, start=first)]
    insert_all(connection, Invitation, rows)


def release(connection: Connection, campaign: Key, now: datetime) -> None:
    """Let the worker begin."""
    connection.execute(
        update(Campaign)
        .where(Campaign.organization_id == campaign[0], Campaign.id == campaign[1])
        .where(Campaign.status == "preparing")
        .values(status="running", due_at=now)
    )


def begin(
    connection: Connection, plan: Plan, candidates: Iterable[Candidate], now: datetime
) -> Key:
    """Begin a bulk request in one transaction. Raises `Mistake`."""
    campaign = prepare(connection, plan, now)
    for first, batch in _numbered(candidates):
        invite(connection, campaign, first, batch, now)
    release(connection, campaign, now)
    return campaign


def begin_bit_by_bit(
    database: Database, plan: Plan, candidates: Iterable[Candidate], now: datetime
) -> Key:
    """Begin one of any size: webhooks wait no longer than for one batch. Raises `Mistake`.

    One that is killed before its end has asked nobody, and can be cancelled.
    """
    with database.writing() as connection:
        campaign = prepare(connection, plan, now)
    for first, batch in _numbered(candidates):
        with database.writing() as connection:
            invite(connection, campaign, first, batch, now)
    with database.writing() as connection:
        release(connection, campaign, now)
    return campaign


def _numbered(candidates: Iterable[Candidate]) -> Iterator[tuple[int, Sequence[Candidate]]]:
    first = 1
    for batch in in_batches(iter(candidates), BATCH):
        yield first, batch
        first += len(batch)


def _row(campaign: Key, place: int, one: Candidate, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "organization_id": campaign[0], "campaign_id": campaign[1], "place": place,
    }  # fmt: skip
    if isinstance(one, Newcomer):
        return row | {"name": one.name, "address": one.phone, "status": "waiting", "due_at": now}
    return row | {"status": "refused", "reason": one.why, "words": one.words, "at": now}
