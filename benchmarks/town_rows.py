"""The rows of a town, as expressions over the number `n` of a contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from benchmarks.spelling import Speech
from bot.store.models import Address, Base, Contact, Conversation, Entry, Message, Notice
from flows.flow import DAY

SENDER = "whatsapp:+15550001000"
TEMPLATE = "HX" + "1" * 32
QUESTION = "Acme would like to send you messages on WhatsApp. May we? Answer YES or NO."
ASKED = f"substr('{QUESTION}', (n & 63) + 1)"
"""Texts of all lengths, which fill the pages of a table: rows of one length leave room for one more
on each page of the big town, and every new message would be written to another page there."""

ORGANIZATION, SENDER_ID = UUID(int=1), UUID(int=2)
CONTACT, ADDRESS, CONVERSATION, MESSAGE = 3, 4, 5, 6


@dataclass(frozen=True, slots=True)
class Town:
    """`count` contacts, asked at `asked_at`; the time of each `per_hour` is up an hour later.

    Words to search for take most of the time to load, and are left out unless `searchable`.
    """

    count: int
    asked_at: datetime
    per_hour: int | None = None
    first: int = 1
    searchable: bool = False

    @property
    def due_at(self) -> datetime:
        """When the time of the first is up."""
        return self.asked_at + DAY

    def due_in_round(self, number: int) -> datetime:
        """A moment at which those of this round (from 0) are due, and no later ones."""
        return self.due_at + timedelta(hours=number, minutes=1)


def phone(number: int) -> str:
    """The phone number of a contact."""
    return f"+4915{number:09d}"


YESES = (
    "Yes", "YES", "yes", "Yes please", "Yes!", "Sure", "yes, please", "Yeah", "Of course", "yes.",
    "Yep", "Yes 👍", "Yes, thank you", "I agree", "Yes, of course", "yes thanks",
)  # fmt: skip
"""What contacts answer, as they do: the same few words, in many spellings."""


def answer(number: int) -> str:
    """What a contact says when they say yes."""
    return YESES[number % len(YESES)]


def key(number: int) -> tuple[UUID, UUID]:
    """The key of a contact's conversation."""
    return ORGANIZATION, row_id(CONVERSATION, number)


def row_id(kind: int, number: int) -> UUID:
    """The id of a contact's row of some kind: in the order of the numbers, as real ones are."""
    return UUID(f"01980000-000{kind}-7000-8000-{number:012x}")


def rows(speech: Speech, town: Town) -> dict[type[Base], dict[str, str]]:
    """For each table what stands in its columns, as expressions over the number `n`."""
    here = {"organization_id": speech.uuid(ORGANIZATION)}
    talk = here | {"conversation_id": speech.numbered(CONVERSATION)}
    asked_at = speech.moment(town.asked_at)
    body = _body(town)
    return {
        Contact: here | {
            "id": speech.numbered(CONTACT), "name": "'Jo ' || n", "created_at": asked_at,
        },
        Address: here | {
            "id": speech.numbered(ADDRESS), "contact_id": speech.numbered(CONTACT),
            "kind": "'phone'", "value": speech.padded("+4915", 9),
        },
        Conversation: here | _conversation(speech, town) | {"head": speech.sha256(body)},
        Message: talk | _message(speech) | {"sent_at": asked_at, "created_at": asked_at},
        Notice: talk | {
            "seq": "2", "code": "'request_sent'", "at": asked_at,
            "text": "'The opt-in request has been sent.'",
        },
        Entry: talk | {
            "seq": "1", "kind": "'consent.requested'", "at": asked_at, "body": body,
            "personal": speech.json({"salt": "0" * 32, "values": {"address": phone(0)}}),
            "previous": "''", "hash": speech.sha256(body),
        },
    }  # fmt: skip


def words(speech: Speech) -> list[dict[str, str]]:
    """What a contact is found by: each word of the name, the number with and without country."""
    whose = {
        "organization_id": speech.uuid(ORGANIZATION),
        "contact_id": speech.numbered(CONTACT),
    }
    words = ("'jo'", "'' || n", speech.padded("4915", 9), speech.padded("15", 9))
    return [whose | {"word": word} for word in words]


def _conversation(speech: Speech, town: Town) -> dict[str, str]:
    asked_at = speech.moment(town.asked_at)
    every = town.per_hour or town.count + town.first
    return {
        "id": speech.numbered(CONVERSATION),
        "sender_id": speech.uuid(SENDER_ID),
        "contact_id": speech.numbered(CONTACT),
        "address": speech.padded("+4915", 9),
        "channel": "'whatsapp'",
        "flow": "'opt_in'",
        "state": "'requested'",
        "state_since": asked_at,
        "due_at": speech.hours_after(town.due_at, f"(n - {town.first}) / {every}"),
        "request_id": speech.numbered(MESSAGE),
        "asked_by": "'agent'",
        "basis": "'existing client'",
        "said": speech.json({"ask": town.asked_at.isoformat()}),
        "automatic": speech.json([town.asked_at.isoformat()]),
        "lines": "2",
        "entries": "1",
        "created_at": asked_at,
    }


def _message(speech: Speech) -> dict[str, str]:
    return {
        "id": speech.numbered(MESSAGE),
        "sender_id": speech.uuid(SENDER_ID),
        "seq": "1",
        "direction": "'out'",
        "kind": "'ask'",
        "said_in": "'requested'",
        "request": "true",
        "text": ASKED,
        "content_sid": f"'{TEMPLATE}'",
        "from_address": f"'{SENDER}'",
        "to_address": speech.padded("whatsapp:+4915", 9),
        "status": "'delivered'",
        "sid": speech.padded("SM8", 31),
        "token": speech.padded("request", 15),
    }


def _body(town: Town) -> str:
    """The body of the first entry: about as long as a real one."""
    said: dict[str, Any] = {
        "at": town.asked_at.isoformat(),
        "basis": "existing client",
        "kind": "consent.requested",
    }
    said |= {"personal": {"address": "0" * 64, "shown ask": "0" * 64}, "from": "new"}
    said |= {"seq": 1, "to": "requested", "sender": SENDER}
    return f"'{orjson.dumps(said).decode()}' || n"
