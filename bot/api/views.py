"""Things of ours as the API writes them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.api.problem import rfc3339
from bot.campaigns import course
from bot.campaigns.forecast import Prospect
from bot.campaigns.progress import Progress
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


def prospect(one: Prospect) -> dict[str, Any]:
    """What would come of asking one contact of many."""
    return {
        "place": one.line,
        "contact_id": str(one.contact_id) if one.contact_id else None,
        "name": one.name,
        "address": one.address,
        "outcome": one.outcome,
        "reason": one.reason,
        "words": one.words,
        "allowed_at": rfc3339(one.allowed_at),
    }


def bulk(campaign: Row[Any], progress: Progress) -> dict[str, Any]:
    """A bulk request and how far it has come. Only one that runs has an obstacle or is due."""
    runs = campaign.status == "running"
    return {
        "id": str(campaign.id),
        "status": campaign.status,
        "obstacle": campaign.obstacle if runs else None,
        "due_at": rfc3339(campaign.due_at) if runs else None,
        "channel": campaign.channel,
        "sender": campaign.sender,
        "basis": campaign.basis,
        "source": campaign.source,
        "asked_by": campaign.asked_by,
        "created_at": rfc3339(campaign.created_at),
        "ended_at": rfc3339(campaign.ended_at),
        "total": progress.total,
        "statuses": {one: progress.statuses.get(one, 0) for one in course.STATUSES},
        "reasons": progress.reasons,
        "states": progress.states,
        "may": course.may(campaign.status),
    }
