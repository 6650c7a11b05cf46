"""Work that happens a little later, on a bounded number of threads."""

import heapq
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable

_logger = logging.getLogger(__name__)

Job = Callable[[], object]


class Timetable:
    """Runs jobs after a delay in real seconds; a job that fails is logged and stops no other."""

    def __init__(self, workers: int = 32) -> None:
        """Start the threads: one that watches the time, and the workers."""
        self._waiting: list[tuple[float, int, Job]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._ready: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._unfinished = 0
        self._closed = False
        self._threads = [threading.Thread(target=self._announce, daemon=True)]
        self._threads += [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def after(self, seconds: float, job: Job) -> None:
        """Run a job so many seconds from now; ignored once closed."""
        with self._changed:
            if self._closed:
                return
            self._unfinished += 1
            due = time.monotonic() + seconds
            heapq.heappush(self._waiting, (due, next(self._numbers), job))
            if self._waiting[0][0] == due:
                self._changed.notify()

    @property
    def unfinished(self) -> int:
        """How many jobs are waiting or running."""
        return self._unfinished

    def forget_waiting(self) -> None:
        """Drop the jobs whose time has not come."""
        with self._changed:
            self._unfinished -= len(self._waiting)
            self._waiting.clear()

    def close(self, seconds: float = 2.0) -> None:
        """Stop: drop what waits, and give running jobs so many seconds to end."""
        self.forget_waiting()
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for _ in self._threads:
            self._ready.put(None)
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _announce(self) -> None:
        while True:
            with self._changed:
                if self._closed:
                    return
                self._changed.wait(self._pause())
                while self._waiting and self._waiting[0][0] <= time.monotonic():
                    self._ready.put(heapq.heappop(self._waiting)[2])

    def _pause(self) -> float | None:
        if not self._waiting:
            return None
        return max(0.0, self._waiting[0][0] - time.monotonic())

    def _work(self) -> None:
        while (job := self._ready.get()) is not None:
            self._run(job)

    def _run(self, job: Job) -> None:
        try:
            job()
        except Exception:
            _logger.exception("a job of the stand-in failed")
        finally:
            with self._changed:
                self._unfinished -= 1
