"""APScheduler with a job for each contact in its SQLAlchemy job store.

Lost on `kill -9`: jobs that have fired and whose work has not committed. The scheduler removes a
job from its store when it hands it to a thread, so that nobody tries it again. Two schedulers on
one store fire every job twice.
"""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic, perf_counter

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from benchmarks.naive.app import engine_of, scheduler_of, wait_for_answer
from benchmarks.naive.models import Conversation
from benchmarks.peers.silence import asked, tell
from benchmarks.programs import until


def main() -> None:
    """Add a job for every contact, all of them due, and let them fire."""
    place, count = asked()
    scheduler = scheduler_of(place.url)
    with engine_of(place.url).begin() as connection:
        connection.execute(text("DELETE FROM apscheduler_jobs"))
    scheduler.start(paused=True)
    begun = perf_counter()
    for number in range(1, count + 1):
        wait_for_answer(scheduler, place.url, number, datetime.now(UTC))
    added = perf_counter()
    scheduler.resume()
    deadline = monotonic() + 100
    waiting = select(func.count()).where(Conversation.state == "requested")
    with Session(engine_of(place.url)) as session:
        while session.scalar(waiting):
            session.rollback()
            until(deadline, "the jobs did not fire in time")
    fired = perf_counter()
    scheduler.shutdown()
    tell(begin=count / (added - begun), expire=count / (fired - added))


if __name__ == "__main__":
    main()
