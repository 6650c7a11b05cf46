"""Where messages of ours leave from: what a worker does, one step at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.conversations import letters
from bot.conversations.letters import Letter
from bot.messaging import callbacks, fates, outbox, reconcile
from bot.messaging.callbacks import Noted
from bot.messaging.fates import Fate
from bot.messaging.forms import Callback
from bot.messaging.gateway import Outcome
from bot.messaging.outbox import Claimed
from bot.messaging.reconcile import Doubt
from bot.store.models import Message
from tests.world import Friend, World

LEASE = timedelta(seconds=20)
SAFE = timedelta(minutes=5)


@dataclass
class PostOffice:
    """The outbox of a world, whose two clocks show the story's time."""

    world: World

    def senders(self) -> list[Any]:
        """The senders with mail that may leave."""
        with self.world.database.reading() as connection:
            return outbox.senders_with_mail(connection, self.world.now, self.world.now)

    def claims(self, channel: str = "whatsapp", limit: int = 100) -> list[Claimed]:
        """A worker claims what may leave now."""
        sender_id = self.world.house(channel).sender_id
        with self.world.database.writing() as connection:
            now = self.world.now
            return outbox.claim(connection, sender_id, now, now, limit, LEASE)

    def claims_one(self, channel: str = "whatsapp") -> Claimed:
        """A worker claims the only message that may leave now."""
        (one,) = self.claims(channel)
        return one

    def answers(self, claimed: Claimed, outcome: Outcome) -> None:
        """The provider answers the call for a claimed message."""
        self.records(outbox.fate_of(claimed, outcome))

    def records(self, *known: Fate) -> None:
        """Something is known of messages now."""
        with self.world.database.writing() as connection:
            rows = fates.by_key(connection, {fate.message for fate in known})
            fates.record(connection, rows, known, self.world.now)

    def reports(
        self, token: str, *statuses: str, sid: str = "SM" + "9" * 32, code: int | None = None
    ) -> list[Noted]:
        """The provider calls back, once for each status, in one batch."""
        reports = [Callback(token, sid, status, code, "") for status in statuses]
        with self.world.database.writing() as connection:
            return callbacks.take(connection, reports, self.world.now)

    def doubts(self) -> list[Doubt]:
        """A worker claims the messages of unknown fate."""
        with self.world.database.writing() as connection:
            return reconcile.doubtful(connection, self.world.now, self.world.now)

    def gives_up(self, doubt: Doubt, *, listed: bool = True) -> str:
        """A worker has not found a message; the status that it has now."""
        with self.world.database.writing() as connection:
            return reconcile.give_up(connection, doubt, self.world.now, SAFE, listed=listed)

    def row(self, friend: Friend, kind: str = "ask") -> Row[Any]:
        """The last message of a kind in a conversation, as it is stored."""
        with self.world.database.reading() as connection:
            return connection.execute(
                select(*Message.__table__.columns)
                .where(Message.conversation_id == friend.key[1], Message.kind == kind)
                .order_by(Message.seq.desc())
                .limit(1)
            ).one()

    def status(self, friend: Friend, kind: str = "ask") -> str:
        """The status of the last message of a kind."""
        return str(self.row(friend, kind).status)

    def writes(self, friend: Friend, text: str = "Hello") -> Any:
        """An agent writes; the id of the message, or why it may not be sent."""
        with self.world.database.writing() as connection:
            return letters.write(connection, Letter(friend.key, "agent", text), self.world.now)

    def sends_everything(self, channel: str = "whatsapp") -> list[str]:
        """A quick worker and a provider that takes everything; what left, in order."""
        left: list[str] = []
        idle = 0
        while idle < 2:  # what a claim only cancels makes room for what waits behind it
            claimed = self.claims(channel)
            idle = 0 if claimed else idle + 1
            for one in claimed:
                left.append(one.row["kind"])
                self.records(Fate(one.key, "sent", f"SM{one.row['id'].hex}", attempt=one.attempt))
            self.world.passes(seconds=1)
        return left
