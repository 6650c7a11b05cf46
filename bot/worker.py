"""The worker: what happens without anybody calling. The only module that imports `apscheduler`.

The scheduler is a ticker and keeps nothing: all that is due stands in the database, so any number
of workers may run, and one that is killed loses nothing.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from bot.campaigns import asking
from bot.conversations import attachments, overdue
from bot.messaging import pausing
from bot.messaging.dispatch import Dispatch
from bot.messaging.gateway import NeverSent, NoAnswer, TwilioException
from bot.messaging.inquiry import Inquiry
from bot.messaging.sweep import sweep
from bot.runtime import Runtime
from bot.stopping import Stopping
from bot.store.bulk import insert_new, update_all
from bot.store.models import Answered, Heartbeat

BATCH = 500
"""Conversations that expire in one transaction."""

FILES = 50
"""Files whose bytes are forgotten in one transaction: each may have 16 MB."""

BREATH = 0.05
"""Seconds between two claims while there is something to send."""

KEEP_ANSWERS = timedelta(hours=24)

log = structlog.get_logger()


class Worker:
    """Ticks until it is told to stop."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._dispatch = Dispatch(runtime)
        inquiry = Inquiry(runtime)
        self._stopping = Stopping()
        self._ticks: dict[str, tuple[Callable[[], object], float]] = {
            "send": (self.send, 0.2),
            "reconcile": (inquiry.reconcile, 1.0),
            "inquire": (inquiry.inquire, 60.0),
            "expire": (self.expire, 1.0),
            "ask": (self.ask, 0.5),
            "sweep": (self.sweep, runtime.settings.sweep_seconds),
            "heartbeat": (lambda: self._beat("worker"), 5.0),
            "forget": (self.forget, 3600.0),
        }
        self._last: dict[str, float] = {}

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, then finish the calls that are under way."""
        self._stopping.on(signal.SIGTERM, signal.SIGINT)
        self._resume()
        # A tick that finds the one before still at work is left out: that is no news.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        scheduler = self._schedule()
        scheduler.start()
        log.info("worker_started")
        while not self._stopping.wait(1.0):
            self._wake_overdue(scheduler)
        scheduler.shutdown(wait=True)
        self._dispatch.close()
        log.info("worker_stopped")

    def send(self) -> None:
        """Send until nothing is queued: hands become free much sooner than the next tick comes."""
        while self._dispatch.send() and not self._stopping.wait(BREATH):
            pass

    def expire(self) -> int:
        """Let every conversation whose time is up go on, in batches."""
        expired = 0
        while not self._stopping.told:
            count = overdue.expire(self._runtime, BATCH)
            expired += count
            if count < BATCH:
                break
        return expired

    def ask(self) -> None:
        """Let bulk requests go on, as far as there is room for them."""
        while not self._stopping.told and asking.ask(self._runtime):
            pass

    def sweep(self) -> None:
        """Fetch what no webhook brought."""
        try:
            swept = sweep(self._runtime, self._last_sweep())
        except (TwilioException, NeverSent, NoAnswer) as error:
            log.warning("sweep_failed", error=str(error))
            return
        self._beat("sweep", f"{swept.found} found at {swept.senders} senders")

    def forget(self) -> None:
        """Drop answers to API calls that nobody will repeat, and the bytes of old files."""
        with self._runtime.database.writing() as connection:
            before = self._runtime.clock.now(connection) - KEEP_ANSWERS
            connection.execute(delete(Answered).where(Answered.at < before))
        while not self._stopping.told and self._forget_files() == FILES:
            pass

    def _forget_files(self) -> int:
        with self._runtime.database.writing() as connection:
            now = self._runtime.clock.now(connection)
            before = now - timedelta(days=self._runtime.settings.files_kept_days)
            return attachments.forget(connection, before, now, FILES)

    def _resume(self) -> None:
        """Settings may be new: what they are good for is seen at the first message."""
        try:
            with self._runtime.database.writing() as connection:
                pausing.resume(connection)
        except SQLAlchemyError:
            log.exception("not_resumed")

    def _schedule(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(self._ticks))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        for name, (work, seconds) in self._ticks.items():
            scheduler.add_job(
                self._tick, "interval", (name, work), seconds=seconds, id=name,
                next_run_time=datetime.now(UTC),
            )  # fmt: skip
        return scheduler

    def _tick(self, name: str, work: Callable[[], object]) -> None:
        self._last[name] = monotonic()
        try:
            work()
        except Exception:
            log.exception("tick_failed", tick=name)

    def _wake_overdue(self, scheduler: BackgroundScheduler) -> None:
        """The scheduler sleeps by the wall clock; one that is set back must not stop the work."""
        for name, (_, seconds) in self._ticks.items():
            if monotonic() - self._last.get(name, monotonic()) > 2 * seconds + 1:
                scheduler.modify_job(name, next_run_time=datetime.now(UTC))
                scheduler.wakeup()

    def _beat(self, name: str, words: str = "") -> None:
        row = {"name": name, "at": self._runtime.clock.wall(), "words": words}
        with self._runtime.database.writing() as connection:
            if not insert_new(connection, Heartbeat, [row], ["name"]):
                update_all(connection, Heartbeat, [row], keys=("name",))

    def _last_sweep(self) -> datetime | None:
        with self._runtime.database.reading() as connection:
            query = select(Heartbeat.at).where(Heartbeat.name == "sweep")
            last: datetime | None = connection.scalar(query)
            return last
