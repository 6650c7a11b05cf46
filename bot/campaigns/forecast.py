"""What would come of a bulk request if it began now. Nothing is changed by looking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlalchemy import Connection, select

from bot.campaigns.candidates import Candidate
from bot.conversations import actions, held
from bot.conversations.actions import Refusal
from bot.conversations.held import Held
from bot.conversations.reading import unopened
from bot.people.contact_file import Newcomer, in_batches
from bot.people.languages import met_in
from bot.people.senders import House
from bot.store.among import among_theirs
from bot.store.columns import new_id
from bot.store.models import Address, Contact

BATCH = 500

Outcome = Literal["asked", "later", "refused"]


@dataclass(frozen=True, slots=True)
class Prospect:
    """One line, and what would come of it: asked at once, later from `allowed_at`, or never.

    `reason` is a code of the API, `words` say what is wrong with the line itself.
    """

    line: int
    name: str
    address: str | None
    outcome: Outcome
    reason: str | None = None
    words: str | None = None
    allowed_at: datetime | None = None
    contact_id: UUID | None = None


def look(
    connection: Connection, house: House, candidates: Iterable[Candidate], now: datetime
) -> Iterator[Prospect]:
    """Say of each candidate what would come of asking them."""
    for batch in in_batches(iter(candidates), BATCH):
        people = [one for one in batch if isinstance(one, Newcomer)]
        found = conversations_with(connection, house, people, now)
        for one in batch:
            if isinstance(one, Newcomer):
                refusal = actions.why_not_ask_in_bulk(found[one.phone], now)
                yield _prospect(one, refusal)
            else:
                yield Prospect(
                    one.line, "", None, "refused", one.why, one.words, contact_id=one.contact_id
                )


def counts(prospects: Iterable[Prospect]) -> dict[str, Any]:
    """How many would be asked at once, later and never, and for each reason."""
    prospects = list(prospects)
    outcomes = Counter(one.outcome for one in prospects)
    reasons = Counter(one.reason for one in prospects if one.reason)
    return {
        "asked": outcomes["asked"],
        "later": outcomes["later"],
        "refused": outcomes["refused"],
        "reasons": dict(sorted(reasons.items())),
    }


def _prospect(one: Newcomer, refusal: Refusal | None) -> Prospect:
    if refusal is None:
        return Prospect(one.line, one.name, one.phone, "asked", contact_id=one.contact_id)
    outcome: Outcome = "later" if refusal.reason == "quiet_hours" else "refused"
    return Prospect(
        one.line, one.name, one.phone, outcome, refusal.reason, None, refusal.allowed_at,
        one.contact_id,
    )  # fmt: skip


class Reached(Protocol):
    """Somebody with a number, and perhaps a language of their own."""

    @property
    def phone(self) -> str:
        """The number, or a user id."""
        ...

    @property
    def language(self) -> str | None:
        """The language of somebody who is no contact yet."""
        ...


def conversations_with(
    connection: Connection, house: House, people: Sequence[Reached], now: datetime
) -> dict[str, Held]:
    """The conversation with each, by address: as it is, or as it would begin. Nothing is locked."""
    if not people:
        return {}
    ends = [(house.address, one.phone) for one in people]
    known = {one.address: one for one in held.by_ends(connection, ends, lock=False).values()}
    spoken = _languages(connection, house.organization_id, [one.phone for one in people])
    fresh = unopened(connection, house, new_id(), "", None, now)
    return {
        one.phone: known.get(one.phone) or _begun(fresh, one, spoken.get(one.phone, one.language))
        for one in people
    }


def _begun(fresh: Held, one: Reached, language: str | None) -> Held:
    met = met_in(language, one.phone, fresh.house_language, fresh.templates)
    return replace(fresh, address=one.phone, language=met, said={}, automatic=[])


def _languages(
    connection: Connection, organization_id: UUID, addresses: Sequence[str]
) -> dict[str, str | None]:
    """The languages of those who are contacts already, by address."""
    keys = [(organization_id, address) for address in addresses]
    query = (
        select(Address.value, Contact.language)
        .join(
            Contact,
            (Contact.organization_id == Address.organization_id)
            & (Contact.id == Address.contact_id),
        )
        .where(among_theirs(connection, Address.value, keys))
    )
    return {row.value: row.language for row in connection.execute(query)}
