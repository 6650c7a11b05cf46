"""Where messages belong: seen before? to which sender? from whom? Nobody unknown is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection

from bot.conversations import held
from bot.conversations.held import Ends, Held
from bot.conversations.inbound import Inbound
from bot.people import acquaintance
from bot.people.acquaintance import Writer
from bot.people.senders import House, by_sender
from bot.people.spellings import other_spelling
from bot.store.bulk import insert_new
from bot.store.models import Arrival, Stray

Received = Literal["taken", "seen before", "stray"]


@dataclass(frozen=True, slots=True)
class Placed:
    """A message and where it is heard; `joined` are conversations (ids) just found to be theirs.

    `wall` is the real moment at which it came.
    """

    inbound: Inbound
    conversation: Held
    wall: datetime
    joined: frozenset[UUID] = frozenset()


def place(
    connection: Connection, inbound: Sequence[Inbound], now: datetime, wall: datetime
) -> tuple[list[Placed], list[Received]]:
    """Find the conversation of each message that is new, and say what becomes of every message."""
    houses = by_sender(connection, {one.sender for one in inbound})
    ours = [one for one in inbound if one.sender in houses]
    _keep_strays(connection, [one for one in inbound if one.sender not in houses], now)
    fresh = _first_deliveries(connection, ours, houses, now)
    placed = _place(connection, fresh, houses, now, wall)
    taken = {id(one) for one in fresh}
    return placed, [_verdict(one, houses, taken) for one in inbound]


def keep_stray(
    connection: Connection, sid: str, reason: str, form: dict[str, str], now: datetime
) -> None:
    """Keep a signed message that has no place here, for a person to look at."""
    row = {"sid": sid, "reason": reason, "form": form, "at": now}
    insert_new(connection, Stray, [row], ["sid"])


def _verdict(one: Inbound, houses: dict[str, House], taken: set[int]) -> Received:
    if one.sender not in houses:
        return "stray"
    return "taken" if id(one) in taken else "seen before"


def _keep_strays(connection: Connection, strays: Iterable[Inbound], now: datetime) -> None:
    for one in strays:
        keep_stray(connection, one.sid, "to none of our senders", one.form, now)


def _first_deliveries(
    connection: Connection, inbound: Sequence[Inbound], houses: dict[str, House], now: datetime
) -> list[Inbound]:
    """Those that nobody took before: the unique key decides, which no other can overtake."""
    first: dict[tuple[UUID, str], Inbound] = {}
    for one in inbound:
        first.setdefault((houses[one.sender].organization_id, one.sid), one)
    rows = [
        {"organization_id": key[0], "sid": key[1], "via": first[key].via, "at": now}
        for key in sorted(first)
    ]
    new = insert_new(connection, Arrival, rows, ["organization_id", "sid"])
    return [one for key, one in first.items() if key in new]


def _place(
    connection: Connection, inbound: Sequence[Inbound], houses: dict[str, House],
    now: datetime, wall: datetime,
) -> list[Placed]:  # fmt: skip
    if not inbound:
        return []
    found = held.by_address(connection, {_ends(one, houses) for one in inbound})
    theirs = [found.get((houses[one.sender].sender_id, one.address)) for one in inbound]
    if all(_is_settled(*pair) for pair in zip(inbound, theirs, strict=True)):
        return [Placed(one, found[_ends(one, houses)[1:]], wall) for one in inbound]
    met = acquaintance.meet(connection, [_writer(one, houses) for one in inbound], now)
    # Read again: whose they are may just have changed.
    heard = held.by_key(connection, {one.conversation for one in met})
    return [
        Placed(one, heard[whom.conversation], wall, whom.joined)
        for one, whom in zip(inbound, met, strict=True)
    ]


def _is_settled(one: Inbound, conversation: Held | None) -> bool:
    """Whether nothing about who wrote is new: no stranger, no other name, no reply elsewhere."""
    if conversation is None or conversation.heard_in:
        return False
    if one.user_id and one.user_id != conversation.known_as:
        return False
    return not (one.replied_to and _has_other_names(one))


def _has_other_names(one: Inbound) -> bool:
    return one.kind == "whatsapp_id" or other_spelling(one.address) is not None


def _writer(one: Inbound, houses: dict[str, House]) -> Writer:
    replied_to = one.replied_to if _has_other_names(one) else None
    return Writer(houses[one.sender], one.address, one.profile_name, one.user_id, replied_to)


def _ends(one: Inbound, houses: dict[str, House]) -> Ends:
    return *houses[one.sender].ends, one.address
