"""The worker's hands: calls to the provider, many at a time, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot import problems
from bot.messaging import fates, outbox, pausing, reconcile, silence
from bot.messaging.fates import Fate
from bot.messaging.gateway import (
    Gateway,
    NeverSent,
    NoAnswer,
    Outcome,
    Refused,
    Sent,
    TwilioException,
    Unknown,
)
from bot.messaging.outbox import Claimed
from bot.messaging.pace import Pace
from bot.messaging.reconcile import Doubt
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
    """Sends what is queued and finds out what is unknown, holding no transaction meanwhile."""

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
        return sum(self._alone(self._send_from, sender_id) for sender_id in senders)

    def reconcile(self) -> int:
        """Look for messages of unknown fate. Gives back how many were looked for."""
        runtime = self._runtime
        with runtime.database.writing() as connection:
            now, wall = runtime.clock.now(connection), runtime.clock.wall()
            doubts = reconcile.doubtful(connection, now, wall)
        for doubt in doubts:
            self._alone(self._find_out, doubt)
        return len(doubts)

    def inquire(self) -> int:
        """Ask about messages that nothing was heard of. Gives back how many."""
        with self._runtime.database.writing() as connection:
            rows = silence.silent(connection, self._runtime.clock.now(connection))
        return sum(self._alone(self._ask_about, row) for row in rows)

    def close(self) -> None:
        """Finish the calls that are under way; claim no more."""
        self._hands.shutdown(wait=True)

    def _alone(self, work: Callable[[Any], int], subject: Any) -> int:
        """Do one piece of work; when it cannot be done, the others are done all the same."""
        try:
            return work(subject)
        except OperationalError:
            raise  # the database's fault: the others would fare no better
        except Exception as error:
            log.exception("outbox_stuck", at=work.__name__.strip("_"))
            name = str(subject.key[1] if isinstance(subject, Doubt) else subject)
            problems.report(self._runtime, "outbox stuck", name, STUCK + type(error).__name__)
            return 0

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

    def _find_out(self, doubt: Doubt) -> int:
        runtime = self._runtime
        try:
            listed = self._gateway.sent_to(doubt.recipient, doubt.sender, doubt.since)
        except (TwilioException, NeverSent, NoAnswer) as error:
            log.warning("list_not_had", error=str(error))
            listed = None
        with runtime.database.writing() as connection:
            now = runtime.clock.now(connection)
            taken = reconcile.owned(connection, doubt, [one.sid for one in listed or []])
            match = reconcile.found(doubt, listed or [], taken)
            if match:
                rows = fates.by_key(connection, [doubt.key])
                fates.record(connection, rows, reconcile.as_found(doubt, match), now)
                return 1
            safe = timedelta(seconds=runtime.settings.outbox_safe_seconds)
            status = reconcile.give_up(connection, doubt, now, safe, listed=listed is not None)
        if status == "uncertain":
            problems.report(runtime, "message uncertain", str(doubt.key[1]), UNCERTAIN)
        return 1

    def _ask_about(self, asked: silence.Silent) -> int:
        try:
            listed = self._gateway.fetch(asked.sid)
        except (TwilioException, NeverSent, NoAnswer) as error:
            log.warning("message_not_fetched", error=str(error))
            return 0
        known = reconcile.as_known(asked.key, listed)
        with self._runtime.database.writing() as connection:
            rows = fates.by_key(connection, [asked.key])
            fates.record(connection, rows, known, self._runtime.clock.now(connection))
        return 1

    def _write(self, connection: Connection, found: list[Fate]) -> list[None]:
        rows = fates.by_key(connection, {fate.message for fate in found})
        fates.record(connection, rows, found, self._runtime.clock.now(connection))
        return [None] * len(found)

    def _take_hand(self, count: int) -> None:
        with self._counting:
            self._free -= count


LATE = Refused(Verdict(None, "retry", "This process was held up and did not send it in time."))
"""After a long halt the lease may be another's: such a call is not made, and the message waits."""

STUCK = "This could not be sent or looked for and is tried again; the log says more: "

UNCERTAIN = (
    "We could not find out whether Twilio sent this message. Look at it in the Twilio console, "
    "then use: flask outbox resolve"
)
