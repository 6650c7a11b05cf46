"""What a batch of turns will write, collected in memory and written with one statement a table."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.conversations.held import Held
from bot.conversations.inbound import Inbound
from bot.conversations.ledger import next_entry
from bot.conversations.wording import word
from bot.people.languages import nearest
from bot.store.bulk import write
from bot.store.columns import new_id
from bot.store.models import Conversation, Entry, Message, Notice
from flows.flow import DAY
from flows.turn import Say

AUTOMATIC_LIMIT = 10
"""Automatic messages in a conversation within 24 hours: two robots must not talk for ever."""


class Changes:
    """Lines, messages, notices and ledger entries of a batch of turns taken at `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        # By identity, as two halves of one conversation would be a fault: the version shows it.
        self._held: dict[int, Held] = {}
        self._messages: list[dict[str, Any]] = []
        self._notices: list[dict[str, Any]] = []
        self._entries: list[dict[str, Any]] = []

    def hear(self, held: Held, inbound: Inbound) -> None:
        """Put what the contact sent into the timeline."""
        held.unanswered = 0
        line = self._line(held, "in", "reply", inbound.heard.text)
        line |= {"sid": inbound.sid, "status": "received", "media": list(inbound.media) or None}
        line |= {"from_address": held.to_address, "to_address": held.sender}
        self._messages.append(line)

    def say(self, held: Held, effect: Say) -> dict[str, Any] | None:
        """Queue an automatic text; None when it may not go out now."""
        language, content_sid = form_of(held, effect)
        if not content_sid and not held.window_open(self.now):
            return None
        held.automatic = lately(held, self.now)
        if len(held.automatic) >= AUTOMATIC_LIMIT:
            return None
        held.automatic.append(self.now)
        held.said[effect.text] = self.now
        wording = word(effect.text, "contact", language, held.wording, business=held.business)
        line = self._outbound(held, effect.text, wording.text)
        line |= {"request": effect.request, "content_sid": content_sid}
        if content_sid:
            line["variables"] = {"1": held.business}
        if effect.request:
            held.request_id, held.unanswered = line["id"], held.unanswered + 1
        shown = {"name": effect.text, "language": wording.language, "version": wording.version}
        return shown | {
            "own": wording.own,
            "message": line["id"],
            "content_sid": content_sid,
            "text": wording.text,
        }

    def write(
        self, held: Held, author: str, text: str, template: str | None = None,
        variables: Mapping[str, str] | None = None, media: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Queue an agent's own message; gives back its row."""
        line = self._outbound(held, "template" if template else "text", text)
        line |= {"author": author, "content_sid": template, "media": [media] if media else None}
        line |= {"variables": dict(variables or {}) if template else None}
        return line

    def tell(self, held: Held, code: str, **names: str) -> None:
        """Put a notice for the agent into the timeline."""
        named = {"business": held.business, **names}
        text = word(code, "agent", held.house_language, held.wording, **named).text
        self.touch(held).lines += 1
        self._notices.append(
            {
                "organization_id": held.organization_id,
                "conversation_id": held.id,
                "seq": held.lines,
                "code": code,
                "text": text,
                "at": self.now,
            }
        )

    def prove(
        self, held: Held, kind: str, before: str, facts: Mapping[str, Any],
        personal: Mapping[str, str],
    ) -> None:  # fmt: skip
        """Put an entry into the ledger."""
        entry = next_entry(self.touch(held), kind, self.now, before, facts, personal)
        self._entries.append(entry)

    def touch(self, held: Held) -> Held:
        """Have this conversation written back."""
        self._held[id(held)] = held
        return held

    def commit(self, connection: Connection) -> None:
        """Write everything. Raises `Overtaken` when a conversation changed since it was read."""
        rows = [_row(held) for held in self._held.values()]
        new = {Message: self._messages, Notice: self._notices, Entry: self._entries}
        write(connection, Conversation, rows, new)

    def _outbound(self, held: Held, kind: str, text: str) -> dict[str, Any]:
        line = self._line(held, "out", kind, text)
        line |= {"status": "queued", "token": secrets.token_urlsafe(16), "due_at": self.now}
        line |= {"from_address": held.sender, "to_address": held.to_address}
        self._messages.append(line)
        return line

    def _line(self, held: Held, direction: str, kind: str, text: str) -> dict[str, Any]:
        self.touch(held).lines += 1
        return {
            "organization_id": held.organization_id,
            "id": new_id(),
            "conversation_id": held.id,
            "sender_id": held.sender_id,
            "seq": held.lines,
            "direction": direction,
            "kind": kind,
            "said_in": held.state,
            "text": text,
            "request": False,
            "attempt": 0,
            "unanswered": 0,
            "created_at": self.now,
        }


def form_of(held: Held, effect: Say) -> tuple[str, str | None]:
    """The language that a text goes out in, and the ContentSid if it goes as a template."""
    tag = _template_tag(held) if effect.request else None
    return (tag, held.templates[tag]) if tag else (held.language, None)


def _template_tag(held: Held) -> str | None:
    """The language of the request's template: the contact's, else the house's."""
    languages = (held.language, held.house_language)
    return next((tag for one in languages if (tag := nearest(one, held.templates))), None)


def can_request(held: Held, now: datetime) -> bool:
    """Whether a request can go out: by template, or as text while the window is open."""
    return _template_tag(held) is not None or held.window_open(now)


def said_enough_until(held: Held, now: datetime) -> datetime | None:
    """Until when no automatic message more may go out; None when one may now."""
    at = lately(held, now)
    return min(at) + DAY if len(at) >= AUTOMATIC_LIMIT else None


def lately(held: Held, now: datetime) -> list[datetime]:
    """The moments of the automatic messages that count for the limit."""
    return [at for at in held.automatic if now - at < DAY]


def _row(held: Held) -> dict[str, Any]:
    return {
        "organization_id": held.organization_id,
        "id": held.id,
        "state": held.state,
        "state_since": held.state_since,
        "since_line": held.since_line,
        "due_at": held.due_at,
        "request_id": held.request_id,
        "asked_by": held.asked_by,
        "basis": held.basis,
        "window_until": held.window_until,
        "heard_at": held.heard_at,
        "said": held.said,
        "automatic": held.automatic,
        "unanswered": held.unanswered,
        "lines": held.lines,
        "entries": held.entries,
        "head": held.head,
        "known_as": held.known_as,
        "version": held.version,
    }
