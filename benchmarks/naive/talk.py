"""What happens in a conversation, the obvious way: a state machine for each, rows by the ORM."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session
from transitions import Machine

from benchmarks.floor_rows import OPTED_IN, SILENT, WELCOME
from benchmarks.naive.models import Conversation, Entry, Message, Notice
from benchmarks.town_rows import YESES

STATES = ["new", "requested", "no_answer", "opted_in", "opted_out"]
TRANSITIONS: list[Any] = [
    ["yes", ["requested", "no_answer", "opted_out"], "opted_in"],
    ["no", ["requested", "no_answer", "opted_in"], "opted_out"],
    ["expire", "requested", "no_answer"],
]
SAID = {
    "opted_in": (WELCOME, OPTED_IN, "consent.given"),
    "no_answer": ("", SILENT, "consent.deferred"),
}


class Talk:
    """A conversation that can change its state."""

    state: str

    def __init__(self, session: Session, conversation: Conversation) -> None:
        self._session = session
        self._conversation = conversation
        self.machine = Machine(
            self, STATES, transitions=TRANSITIONS, initial=conversation.state,
            auto_transitions=False, ignore_invalid_triggers=True, after_state_change="remember",
        )  # fmt: skip

    def hear(self, sid: str, text: str) -> None:
        """The contact wrote."""
        now = datetime.now(UTC)
        heard = Message(direction="in", text=text, status="received", sid=sid, created_at=now)
        heard.conversation_id = self._conversation.id
        self._session.add(heard)
        word = "yes" if text in YESES else text.strip().lower()
        if word in ("yes", "no"):
            self.machine.events[word].trigger(self)

    def expire(self) -> None:
        """24 hours have passed."""
        self.machine.events["expire"].trigger(self)

    def remember(self) -> None:
        """Write down what the new state means."""
        now, talk = datetime.now(UTC), self._conversation
        text, notice, kind = SAID[self.state]
        body = json.dumps(
            {"conversation": talk.id, "kind": kind, "from": talk.state, "to": self.state,
             "at": now.isoformat(), "phone": talk.contact.phone, "shown": text},
        )  # fmt: skip
        head = hashlib.sha256(f"{talk.head}\n{body}".encode()).hexdigest()
        entry = Entry(conversation_id=talk.id, kind=kind, body=body, created_at=now)
        entry.previous, entry.hash = talk.head, head
        self._session.add(entry)
        self._session.add(Notice(conversation_id=talk.id, text=notice, created_at=now))
        if text:
            queued = Message(direction="out", text=text, status="queued", created_at=now)
            queued.conversation_id = talk.id
            self._session.add(queued)
        talk.state, talk.head, talk.updated_at = self.state, head, now
