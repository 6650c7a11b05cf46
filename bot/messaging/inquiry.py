"""Asking the provider what became of messages, while no transaction is open."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot import problems
from bot.messaging import fates, reconcile, silence
from bot.messaging.gateway import Gateway, NeverSent, NoAnswer, TwilioException
from bot.messaging.reconcile import Doubt
from bot.messaging.silence import Silent
from bot.messaging.stuck import alone
from bot.runtime import Runtime

UNCERTAIN = (
    "We could not find out whether Twilio sent this message. Look at it in the Twilio console, "
    "then use: flask outbox resolve"
)

log = structlog.get_logger()


class Inquiry:
    """Finds out what is unknown, and what nothing was heard of."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._gateway = Gateway(runtime.settings)

    def reconcile(self) -> int:
        """Look for messages of unknown fate. Gives back how many were looked for."""
        runtime = self._runtime
        with runtime.database.writing() as connection:
            now, wall = runtime.clock.now(connection), runtime.clock.wall()
            doubts = reconcile.doubtful(connection, now, wall)
        for doubt in doubts:
            alone(runtime, self._find_out, doubt, str(doubt.key[1]))
        return len(doubts)

    def inquire(self) -> int:
        """Ask about messages that nothing was heard of. Gives back how many."""
        runtime = self._runtime
        with runtime.database.writing() as connection:
            rows = silence.silent(connection, runtime.clock.now(connection))
        return sum(alone(runtime, self._ask_about, row, str(row.key[1])) for row in rows)

    def _find_out(self, doubt: Doubt) -> int:
        runtime = self._runtime
        try:
            listed = self._gateway.sent_to(doubt.recipient, doubt.sender, doubt.since)
        except (TwilioException, NeverSent, NoAnswer) as error:
            log.warning("list_not_had", error=str(error))
            listed = None
        with runtime.database.writing() as connection:
            now = runtime.clock.now(connection)
            taken = reconcile.owned(connection, doubt, listed or [])
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

    def _ask_about(self, asked: Silent) -> int:
        try:
            listed = self._gateway.fetch(asked.sid)
        except (TwilioException, NeverSent, NoAnswer) as error:
            log.warning("message_not_fetched", error=str(error))
            return 0
        known = reconcile.as_known(asked.key, listed)
        with self._runtime.database.writing() as connection:
            rows = fates.by_key(connection, [asked.key])
            silence.note(connection, asked, known, self._runtime.clock.now(connection))
            fates.record(connection, rows, known, self._runtime.clock.now(connection))
        return 1
