"""Requests that wait together share one commit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock
from typing import Generic, TypeVar, cast

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.store.bulk import Overtaken
from bot.store.db import Database

Job = TypeVar("Job")
Answer = TypeVar("Answer")

MOST = 64
"""Jobs in one transaction."""

TRIES = 5
"""How often a job that another transaction overtook is taken anew."""

HELD_UP = "55P03"
"""What PostgreSQL calls it when a lock was not to be had in time.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

log = structlog.get_logger()


class Abandoned(Exception):
    """Who did the job for others was stopped in the middle of it."""


class _Ticket(Generic[Job, Answer]):
    """A job in the queue, and later its answer or what went wrong."""

    __slots__ = ("answer", "bell", "done", "error", "job")

    def __init__(self, job: Job) -> None:
        self.job = job
        self.bell: SimpleQueue[None] = SimpleQueue()
        self.done = False
        self.answer: Answer | None = None
        self.error: Exception | None = None

    def finish(self, answer: Answer | None, error: Exception | None = None) -> None:
        """Tell who waits what came of the job."""
        self.answer, self.error, self.done = answer, error, True
        self.bell.put(None)


class Together(Generic[Job, Answer]):
    """Does jobs in batches: who comes while a batch is being committed waits for the next one.

    `work` does a list of jobs in one transaction and gives an answer for each. Whoever finds the
    way free does the work for all who wait. A batch that fails is done again job by job, so that a
    job that cannot be done fails alone.
    """

    def __init__(
        self, database: Database, work: Callable[[Connection, list[Job]], list[Answer]]
    ) -> None:
        self._database = database
        self._work = work
        self._waiting: deque[_Ticket[Job, Answer]] = deque()
        self._way = Lock()

    def __call__(self, job: Job) -> Answer:
        """Do one job, durably, and give back its answer. Raises what `work` raised for it."""
        ticket: _Ticket[Job, Answer] = _Ticket(job)
        self._waiting.append(ticket)
        while not ticket.done:
            if self._way.acquire(blocking=False):
                self._lead()
            else:
                ticket.bell.get()
        if ticket.error:
            raise ticket.error
        return cast(Answer, ticket.answer)

    def _lead(self) -> None:
        """Do one batch, then let the first of those who wait lead the next.

        Whoever came meanwhile stood in the queue before finding the way taken, so is seen here
        after it is free: nobody is forgotten. And only one is woken, not all.
        """
        tickets = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        try:
            self._do(tickets)
        finally:
            # Whatever it was that ended this, nobody else waits for it for ever.
            _fail_all([ticket for ticket in tickets if not ticket.done], Abandoned())
            self._way.release()
            with suppress(IndexError):
                self._waiting[0].bell.put(None)

    def _do(self, tickets: list[_Ticket[Job, Answer]]) -> None:
        try:
            self._commit(tickets)
        except Exception as error:
            if isinstance(error, OperationalError) and not _concerns_one(error, tickets):
                return _fail_all(tickets, error)
            if len(tickets) > 1:
                log.warning("batch_taken_apart", jobs=len(tickets), error=type(error).__name__)
            for ticket in tickets:
                self._do_alone(ticket)
        return None

    def _do_alone(self, ticket: _Ticket[Job, Answer]) -> None:
        for left in reversed(range(TRIES)):
            try:
                return self._commit([ticket])
            except (Overtaken, DBAPIError) as error:
                if not left or not _may_pass(error):
                    return _fail_all([ticket], error)
            except Exception as error:
                return _fail_all([ticket], error)
        return None

    def _commit(self, tickets: list[_Ticket[Job, Answer]]) -> None:
        jobs = [ticket.job for ticket in tickets]
        try:
            answers = self._write(jobs)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            # The server had closed it. Were the jobs done all the same, doing them again says so.
            answers = self._write(jobs)
        for ticket, answer in zip(tickets, answers, strict=True):
            ticket.finish(answer)

    def _write(self, jobs: list[Job]) -> list[Answer]:
        with self._database.writing() as connection:
            return self._work(connection, jobs)


def _may_pass(error: Exception) -> bool:
    """Whether a second try may succeed: overtaken, a deadlock, a serialization failure."""
    if isinstance(error, Overtaken):
        return True
    return _state_of(error) in ("40001", "40P01", "23505")


def _state_of(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def _concerns_one(error: Exception, tickets: Sequence[object]) -> bool:
    """Whether others may fare better, or this one at once: not where the database is away."""
    return _may_pass(error) or (_state_of(error) == HELD_UP and len(tickets) > 1)


def _fail_all(tickets: list[_Ticket[Job, Answer]], error: Exception) -> None:
    for ticket in tickets:
        ticket.finish(None, error)
