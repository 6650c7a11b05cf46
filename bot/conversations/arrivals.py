"""Where messages belong: seen before? to which sender? from whom? Nobody unknown is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection

from bot.conversations import held
from bot.conversations.held import Held, Key
from bot.conversations.inbound import Inbound
from bot.people import acquaintance
from bot.people.acquaintance import Met, Writer
from bot.people.senders import House, by_sender
from bot.people.spellings import other_spelling
from bot.store.bulk import insert_new
from bot.store.models import Arrival, Stray

Received = Literal["taken", "seen before", "stray"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A message and where it is heard; `joined` are conversations (ids) just found to be theirs.

    `wall` is the real moment at which it came. `anew` are conversations (ids) that begin anew:
    somebody else has the number now. `left` are those in which its former owner is met, each with
    the conversation (id) at the number whose stop counts there.
    """

    inbound: Inbound
    conversation: Held
    wall: datetime
    joined: frozenset[UUID] = frozenset()
    anew: frozenset[UUID] = frozenset()
    left: tuple[tuple[Held, UUID], ...] = ()

    @property
    def conversations(self) -> list[Held]:
        """All that are known with it."""
        return [self.conversation, *(former for former, _ in self.left)]


def place(
    connection: Connection, inbound: Sequence[Inbound], now: datetime, wall: datetime
) -> tuple[list[Placed], list[Received]]:
    """Find the conversation of each message that is new, and say what becomes of every message."""
    found = held.by_ends(connection, {one.ends for one in inbound})
    owners = {one.sender: one.organization_id for one in found.values()}
    houses: dict[str, House] = {}
    unsettled = {id(one) for one in inbound if not _is_settled(one, found.get(one.ends))}
    if unsettled:
        houses = by_sender(connection, {one.sender for one in inbound})
        owners |= {address: house.organization_id for address, house in houses.items()}
    _keep_strays(connection, [one for one in inbound if one.sender not in owners], now)
    fresh = _first_deliveries(connection, inbound, owners, now)
    taken = {id(one) for one in fresh}
    if taken.isdisjoint(unsettled):
        placed = [Placed(one, found[one.ends], wall) for one in fresh]
    else:
        placed = _meet(connection, fresh, houses, now, wall)
    return placed, [_verdict(one, owners, taken) for one in inbound]


def keep_stray(
    connection: Connection, sid: str, reason: str, form: dict[str, str], now: datetime
) -> None:
    """Keep a signed message that has no place here, for a person to look at."""
    row = {"sid": sid, "reason": reason, "form": form, "at": now}
    insert_new(connection, Stray, [row], ["sid"])


def _verdict(one: Inbound, owners: Mapping[str, UUID], taken: set[int]) -> Received:
    if one.sender not in owners:
        return "stray"
    return "taken" if id(one) in taken else "seen before"


def _keep_strays(connection: Connection, strays: Iterable[Inbound], now: datetime) -> None:
    for one in strays:
        keep_stray(connection, one.sid, "to none of our senders", one.form, now)


def _first_deliveries(
    connection: Connection, inbound: Sequence[Inbound], owners: Mapping[str, UUID], now: datetime
) -> list[Inbound]:
    """Those that nobody took before: the unique key decides, which no other can overtake.

    `owners` are the organizations (id) behind our senders.
    """
    first: dict[tuple[UUID, str], Inbound] = {}
    for one in inbound:
        if owner := owners.get(one.sender):
            first.setdefault((owner, one.sid), one)
    rows = [
        {"organization_id": key[0], "sid": key[1], "via": first[key].via, "at": now}
        for key in sorted(first)
    ]
    new = insert_new(connection, Arrival, rows, ["organization_id", "sid"])
    return [one for key, one in first.items() if key in new]


def _meet(
    connection: Connection, inbound: Sequence[Inbound], houses: Mapping[str, House],
    now: datetime, wall: datetime,
) -> list[Placed]:  # fmt: skip
    met = acquaintance.meet(connection, [_writer(one, houses[one.sender]) for one in inbound], now)
    # Read again: whose they are may just have changed.
    heard = held.by_key(connection, {key for one in met for key in one.keys})
    return [_placed(one, whom, heard, wall) for one, whom in zip(inbound, met, strict=True)]


def _placed(one: Inbound, whom: Met, heard: dict[Key, Held], wall: datetime) -> Placed:
    organization_id = whom.conversation[0]
    left = [(heard[organization_id, key], at) for key, at in whom.anew.left.items()]
    return Placed(
        one, heard[whom.conversation], wall, whom.joined,
        frozenset(whom.anew.conversations), tuple(left),
    )  # fmt: skip


def _is_settled(one: Inbound, conversation: Held | None) -> bool:
    """Whether nothing about who wrote is new: no stranger, no other name, no reply elsewhere."""
    if conversation is None or conversation.heard_in:
        return False
    if one.user_id and one.user_id != conversation.known_as:
        return False
    return not (one.replied_to and _has_other_names(one))


def _has_other_names(one: Inbound) -> bool:
    return one.kind == "whatsapp_id" or other_spelling(one.address) is not None


def _writer(one: Inbound, house: House) -> Writer:
    replied_to = one.replied_to if _has_other_names(one) else None
    return Writer(house, one.address, one.profile_name, one.user_id, replied_to)
