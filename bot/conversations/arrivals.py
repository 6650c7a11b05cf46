"""Where messages belong: seen before? to which sender? from whom? Nobody unknown is dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection

from bot.conversations import held
from bot.conversations.held import Ends, Held
from bot.conversations.inbound import Inbound
from bot.people import newcomers
from bot.people.senders import House, by_sender
from bot.store.bulk import insert_new
from bot.store.models import Arrival, Stray

Received = Literal["taken", "seen before", "stray"]


def place(
    connection: Connection, inbound: Sequence[Inbound], now: datetime
) -> tuple[list[tuple[Inbound, Held]], list[Received]]:
    """Find the conversation of each message that is new, and say what becomes of every message."""
    houses = by_sender(connection, {one.sender for one in inbound})
    ours = [one for one in inbound if one.sender in houses]
    _keep_strays(connection, [one for one in inbound if one.sender not in houses], now)
    fresh = _first_deliveries(connection, ours, houses, now)
    conversations = _conversations(connection, fresh, houses, now)
    placed = [(one, conversations[houses[one.sender].sender_id, one.address]) for one in fresh]
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


def _conversations(
    connection: Connection, inbound: Sequence[Inbound], houses: dict[str, House], now: datetime
) -> dict[tuple[UUID, str], Held]:
    if not inbound:
        return {}
    ends = {_ends(one, houses): one for one in inbound}
    found = held.by_address(connection, ends.keys())
    strangers = [one for (_, *pair), one in ends.items() if tuple(pair) not in found]
    if not strangers:
        return found
    for one in strangers:
        newcomers.introduce(
            connection, houses[one.sender], one.address, one.kind, one.profile_name, now
        )
    return held.by_address(connection, ends.keys())


def _ends(one: Inbound, houses: dict[str, House]) -> Ends:
    return *houses[one.sender].ends, one.address
