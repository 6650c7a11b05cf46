"""The worker's hands: calls to the provider, many at a time, and what came of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock
from uuid import UUID

import structlog
from sqlalchemy import Connection

from bot import problems
from bot.messaging import fates, outbox, pausing
from bot.messaging.fates import Fate
from bot.messaging.gateway import Gateway, Outcome, Refused, Sent, Unknown
from bot.messaging.outbox import Claimed
from bot.messaging.pace import Pace
from bot.messaging.stuck import alone
from bot.messaging.verdicts import Verdict
from bot.runtime import Runtime
from bot.store.together import Together

MARGIN = 3.0
"""Seconds that a lease outlasts the longest call."""

CONNECT = 5.0
"""Seconds that connecting may take, before the call's own time begins."""

PAUSED = ("sending paused", "twilio")
"""The problem's kind and subject."""

log = structlog.get_logger()


class Dispatch:
    """Sends what is queued, holding no transaction meanwhile."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._gateway = Gateway(runtime.settings)
        self._hands = ThreadPoolExecutor(runtime.settings.outbox_threads, "send")
        self._free = runtime.settings.outbox_threads
        self._counting = Lock()
        self._paces: dict[UUID, Pace] = {}
        self._paused = True  # who was here before may have said so, and not lived to take it back
        self._record: Together[Fate, None] = Together(runtime.database, self._write)
        seconds = runtime.settings.twilio_timeout + CONNECT + MARGIN
        self._lease = timedelta(seconds=seconds)

    def send(self) -> int:
        """Claim what may leave now and hand it to the threads. Gives back how many messages."""
        with self._runtime.database.reading() as connection:
            now, wall = self._runtime.clock.now(connection), self._runtime.clock.wall()
            senders = outbox.senders_with_mail(connection, now, wall)
        return sum(alone(self._runtime, self._send_from, one, str(one)) for one in senders)

    def close(self) -> None:
        """Finish the calls that are under way; claim no more."""
        self._hands.shutdown(wait=True)

    def _send_from(self, sender_id: UUID) -> int:
        if self._free <= 0:
            return 0
        runtime = self._runtime
        pace = self._paces.setdefault(sender_id, Pace(runtime.clock.wall))
        with runtime.database.writing() as connection:
            claimed = outbox.claim(
                connection, sender_id, runtime.clock.now(connection), runtime.clock.wall(),
                self._free, self._lease, pace.free_at,
            )  # fmt: skip
        for one in claimed:
            pace.expect(one.leaves_at, one.step)
            self._take_hand(1)
            self._hands.submit(self._deliver, one, pace)
        return len(claimed)

    def _deliver(self, claimed: Claimed, pace: Pace) -> None:
        try:
            outcome = LATE if pace.wait().total_seconds() > MARGIN else self._call(claimed)
            self._warn(outcome)
            self._record(outbox.fate_of(claimed, outcome))
        except Exception:
            # The lease runs out, and the message is looked for like any whose sender died.
            log.exception("message_not_recorded", message=str(claimed.key[1]))
        finally:
            self._take_hand(-1)

    def _call(self, claimed: Claimed) -> Outcome:
        try:
            return self._gateway.send(claimed.row)
        except Exception as error:
            log.exception("call_failed", message=str(claimed.key[1]))
            return Unknown(f"{type(error).__name__} while sending")

    def _warn(self, outcome: Outcome) -> None:
        """Pause, and say so, when nothing would go through; take it back when something does."""
        runtime = self._runtime
        if isinstance(outcome, Sent) and self._paused:
            self._paused = False
            with runtime.database.writing() as connection:
                problems.settle(connection, *PAUSED)
        if isinstance(outcome, Refused) and outcome.verdict.kind == "pause":
            self._paused = True
            with runtime.database.writing() as connection:
                pausing.pause(connection, outcome.verdict.words, runtime.clock.wall())
            problems.report(runtime, *PAUSED, outcome.verdict.words)

    def _write(self, connection: Connection, found: list[Fate]) -> list[None]:
        rows = fates.by_key(connection, {fate.message for fate in found})
        fates.record(connection, rows, found, self._runtime.clock.now(connection))
        return [None] * len(found)

    def _take_hand(self, count: int) -> None:
        with self._counting:
            self._free -= count


LATE = Refused(Verdict(None, "retry", "This process was held up and did not send it in time."))
"""After a long halt the lease may be another's: such a call is not made, and the message waits."""
