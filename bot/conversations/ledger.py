"""The evidence of a conversation: a chain of entries in which nothing can be changed unseen.

An entry's body is the exact text that its hash covers. It names nobody: each personal value stands
in it as SHA-256 of a salt and the value, and lies beside it, where it can be erased with the proof
intact.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from bot.conversations.held import Held

FIRST = ""
"""What the first entry of a chain names as the hash before it."""


def chain_hash(previous: str, body: str) -> str:
    """The hash of an entry: SHA-256 over the hash before it, a line break and its body."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def commitment(salt: str, name: str, value: str) -> str:
    """Stand for a personal value that can be shown, or erased, later."""
    return hashlib.sha256(f"{salt}\n{name}\n{value}".encode()).hexdigest()


def next_entry(
    held: Held, kind: str, at: datetime, before: str, facts: Mapping[str, Any],
    personal: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Make the next entry of a conversation's chain, and move its head on.

    `before` is the state that the turn found; `facts` go into the body as they are, `personal`
    values as commitments.
    """
    salt = secrets.token_hex(16)
    values = {"address": held.address, **personal}
    hidden = {name: commitment(salt, name, value) for name, value in values.items()}
    held.entries += 1
    body = _spell(
        {
            "conversation": held.id,
            "seq": held.entries,
            "kind": kind,
            "at": at,
            "flow": held.flow.name,
            "from": before,
            "to": held.state,
            "sender": held.sender,
            **facts,
            "personal": hidden,
        }
    )
    previous, held.head = held.head, chain_hash(held.head, body)
    return {
        "organization_id": held.organization_id,
        "conversation_id": held.id,
        "seq": held.entries,
        "kind": kind,
        "at": at,
        "body": body,
        "personal": {"salt": salt, "values": values},
        "previous": previous,
        "hash": held.head,
    }


def _spell(body: Mapping[str, Any]) -> str:
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is read back, to be verified."""

    seq: int
    body: str
    personal: dict[str, Any] | None
    previous: str
    hash: str


def fold(entries: Iterable[Link], initial: str) -> str:
    """The state that a chain of entries leads to. Raises `ValueError` where it does not follow."""
    state = initial
    for entry in entries:
        body = orjson.loads(entry.body)
        if body["from"] != state:
            raise ValueError(f"entry {entry.seq} starts from {body['from']!r}, not {state!r}")
        state = body["to"]
    return state


def faults(entries: Iterable[Link]) -> list[str]:
    """All that shows a chain was changed, in words; empty when it is as it was written."""
    found: list[str] = []
    previous = FIRST
    for place, entry in enumerate(entries, start=1):
        if entry.seq != place:
            return [*found, f"entry {place} is missing"]
        if entry.previous != previous:
            found.append(f"entry {place} does not follow the one before it")
        if chain_hash(entry.previous, entry.body) != entry.hash:
            found.append(f"entry {place} does not have the hash of its body")
        found += _false_commitments(entry)
        previous = entry.hash
    return found


def _false_commitments(entry: Link) -> list[str]:
    if entry.personal is None:
        return []
    claimed = orjson.loads(entry.body)["personal"]
    salt, values = entry.personal["salt"], entry.personal["values"]
    kept = {name: commitment(salt, name, value) for name, value in values.items()}
    return [
        f"entry {entry.seq}: {name} is not what was recorded"
        for name in claimed
        if claimed[name] != kept.get(name)
    ]
