"""Every message of the account, in the order it was created."""

import threading
from collections.abc import Callable
from datetime import datetime

from bot.simulator.codes import words
from bot.simulator.message import Message

FINAL = frozenset({"delivered", "read", "failed", "undelivered", "canceled", "received"})


class Mailbox:
    """Keeps messages and moves their status; safe to use from any thread."""

    def __init__(self) -> None:
        """Start empty."""
        self._messages: dict[str, Message] = {}
        self._lock = threading.RLock()

    def keep(self, message: Message) -> None:
        """Add a new message."""
        with self._lock:
            self._messages[message.sid] = message

    def find(self, sid: str) -> Message | None:
        """Return a message that has not been deleted, or None."""
        message = self._messages.get(sid)
        return None if message is None or message.deleted else message

    def holds(self, message: Message) -> bool:
        """Say whether this very message is still kept, deleted or not."""
        return self._messages.get(message.sid) is message

    def everything(self) -> list[Message]:
        """Return all messages ever created, oldest first, deleted ones too."""
        with self._lock:
            return list(self._messages.values())

    def matching(self, wanted: Callable[[Message], bool]) -> list[Message]:
        """Return the messages that are wanted and not deleted, newest first."""
        kept = reversed(self.everything())
        return [message for message in kept if not message.deleted and wanted(message)]

    def forget_everything(self) -> None:
        """Empty the mailbox."""
        with self._lock:
            self._messages.clear()

    def move(self, message: Message, status: str, now: datetime, code: int | None = None) -> None:
        """Give a message its next status, with an error code for failures."""
        with self._lock:
            message.status = status
            message.updated = now
            message.history.append((status, now))
            if status == "sent":
                message.sent = now
            if code:
                message.error_code = code
                message.error_message = words(code)

    def redact(self, message: Message, now: datetime) -> None:
        """Blank a message's text, as an update with an empty Body does."""
        with self._lock:
            message.body = ""
            message.updated = now

    def delete(self, message: Message) -> None:
        """Hide a message from the REST API; `everything` still shows it."""
        with self._lock:
            message.deleted = True
