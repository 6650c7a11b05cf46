"""Things of ours as the API writes them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.api.problem import rfc3339
from bot.conversations.actions import actions
from bot.conversations.held import Held
from bot.conversations.timeline import Line
from bot.people.contacts import Person


def contact(person: Person) -> dict[str, Any]:
    """A contact."""
    return {
        "id": str(person.id),
        "name": person.name,
        "phone": person.phone.value if person.phone else None,
        "language": person.language,
        "addresses": [
            {"id": str(place.id), "kind": place.kind, "value": place.value}
            for place in person.places
        ],
        "conversations": [
            {"id": str(talk.id), "channel": talk.channel, "state": talk.state}
            for talk in person.talks
        ],
    }


def conversation(held: Held, now: datetime) -> dict[str, Any]:
    """A conversation and what may be done next."""
    return {
        "id": str(held.id),
        "contact_id": str(held.contact_id),
        "channel": held.channel,
        "sender": held.sender,
        "address": held.address,
        "state": held.state,
        "state_since": rfc3339(held.state_since),
        "due_at": rfc3339(held.due_at),
        "window_until": rfc3339(held.window_until),
        "actions": actions(held, now),
    }


def line(one: Line) -> dict[str, Any]:
    """A line of a timeline."""
    return asdict(one) | {"at": rfc3339(one.at)}
