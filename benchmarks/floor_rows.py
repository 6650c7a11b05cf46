"""The rows of a turn, written down: what a program would write that knows the answer beforehand.

They have the columns and, but for a few bytes, the length of the rows that the engine writes. The
hashes are real, since evidence without them would be no evidence.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.town import SENDER

WELCOME = "Thank you. You have opted in to messages from Acme. Reply STOP at any time to opt out."
OPTED_IN = "Your Contact has opted in. You may continue to send/receive messages."
SILENT = (
    "The contact hasn't responded to the opt-in request for more than 24 hours. You can try "
    "sending the request again."
)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Talk:
    """What a raw program reads of a conversation before it writes."""

    organization_id: Any
    id: Any
    sender_id: Any
    request_id: Any
    due_at: Any
    said: Any
    lines: int
    entries: int
    head: str
    version: int
    address: str


@dataclass(slots=True)
class Rows:
    """Rows of a batch, table by table. `new_id`, `now`, `later` and `json` are as the driver
    wants them; `spoken` is the moment in a text."""

    new_id: Callable[[], Any]
    json: Callable[[Any], Any]
    now: Any
    later: Any
    spoken: str
    conversations: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)

    def hear_yes(self, talk: Talk, sid: str) -> None:
        """The contact says yes to a request."""
        welcome = self.new_id()
        to, line = f"whatsapp:{talk.address}", talk.lines
        came: Row = {"direction": "in", "kind": "reply", "said_in": "requested", "text": "YES"}
        came |= {"from_address": to, "to_address": SENDER, "status": "received", "sid": sid}
        came |= {"token": None, "due_at": None}
        goes: Row = {"direction": "out", "kind": "welcome", "said_in": "opted_in", "text": WELCOME}
        goes |= {"from_address": SENDER, "to_address": to, "status": "queued", "sid": None}
        goes |= {"token": secrets.token_urlsafe(16), "due_at": self.now}
        self.messages.append(self._message(talk, self.new_id(), line + 1) | came)
        self.messages.append(self._message(talk, welcome, line + 2) | goes)
        self._tell(talk, line + 3, "opted_in", OPTED_IN)
        facts = (
            f'"read":{{"meaning":"yes","rule":"yes word","tap":false,"words":"en@1"}},'
            f'"request":"{talk.request_id}","sender":"{SENDER}","seq":{talk.entries + 1},'
            f'"shown":[{{"content_sid":null,"language":"en","message":"{welcome}",'
            f'"name":"welcome","version":1}}],"to":"opted_in","via":"webhook"'
        )
        personal = {"address": talk.address, "shown welcome": WELCOME, "sid": sid, "text": "YES"}
        head = self._prove(talk, "consent.given", facts, personal)
        said = {"ask": self.spoken, "welcome": self.spoken}
        self._write(talk, "opted_in", talk.lines + 3, head, said, self.later, self.now)

    def fall_silent(self, talk: Talk) -> None:
        """24 hours have passed without an answer."""
        self._tell(talk, talk.lines + 1, "no_answer", SILENT)
        facts = (
            f'"sender":"{SENDER}","seq":{talk.entries + 1},"to":"no_answer",'
            f'"due_at":"{talk.due_at}"'
        )
        head = self._prove(talk, "consent.deferred", facts, {"address": talk.address})
        self._write(talk, "no_answer", talk.lines + 1, head, {"ask": self.spoken}, None, None)

    def _message(self, talk: Talk, own_id: Any, seq: int) -> Row:
        return {
            "organization_id": talk.organization_id,
            "id": own_id,
            "conversation_id": talk.id,
            "sender_id": talk.sender_id,
            "seq": seq,
            "request": False,
            "attempt": 0,
            "unanswered": 0,
            "created_at": self.now,
        }

    def _tell(self, talk: Talk, seq: int, code: str, text: str) -> None:
        line = {"organization_id": talk.organization_id, "conversation_id": talk.id}
        line |= {"seq": seq, "code": code, "text": text, "at": self.now}
        self.notices.append(line)

    def _prove(self, talk: Talk, kind: str, facts: str, personal: dict[str, str]) -> str:
        salt = secrets.token_hex(16)
        hidden = ",".join(
            f'"{name}":"{_hash(f"{salt}{name}{value}")}"' for name, value in personal.items()
        )
        body = (
            f'{{"at":"{self.spoken}","conversation":"{talk.id}","flow":"opt_in",'
            f'"from":"requested","kind":"{kind}","personal":{{{hidden}}},{facts}}}'
        )
        head = _hash(f"{talk.head}\n{body}")
        row = {"organization_id": talk.organization_id, "conversation_id": talk.id}
        row |= {"seq": talk.entries + 1, "kind": kind, "at": self.now, "body": body}
        row |= {"personal": self.json({"salt": salt, "values": personal})}
        self.entries.append(row | {"previous": talk.head, "hash": head})
        return head

    def _write(
        self, talk: Talk, state: str, lines: int, head: str, said: dict[str, str],
        window_until: Any, heard_at: Any,
    ) -> None:  # fmt: skip
        row = {"organization_id": talk.organization_id, "id": talk.id, "version": talk.version}
        row |= {"state": state, "state_since": self.now, "due_at": None, "head": head}
        row |= {"since_line": talk.lines}
        row |= {"window_until": window_until, "heard_at": heard_at, "lines": lines}
        row |= {"said": self.json(said), "automatic": self.json([self.spoken])}
        self.conversations.append(row | {"entries": talk.entries + 1})


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
