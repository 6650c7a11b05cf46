"""procrastinate, a job queue in PostgreSQL, with a scheduled job for each contact.

Lost on `kill -9`: nothing, but a job that was running stays "doing" until somebody's own
periodic task finds it stalled and retries it; its work may then happen twice.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from time import perf_counter

from procrastinate import App, PsycopgConnector

from benchmarks.peers.silence import asked, fall_silent, plain_url, tell

PLACE, COUNT = asked()
CONCURRENCY = 20
app = App(connector=PsycopgConnector(conninfo=plain_url(PLACE), max_size=20))


@app.task(name="fall_silent")
def note_silence(number: int) -> None:  # noqa: ARG001
    """Write what silence means."""
    fall_silent(PLACE)


async def wait_for_all() -> tuple[float, float]:
    """Schedule a job for every contact, all of them due, and let a worker do them."""
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        begun = perf_counter()
        for number in range(COUNT):
            await note_silence.configure(schedule_at=datetime.now(UTC)).defer_async(number=number)
        added = perf_counter()
        await app.run_worker_async(
            concurrency=CONCURRENCY, wait=False, install_signal_handlers=False
        )
        return COUNT / (added - begun), COUNT / (perf_counter() - added)


def main() -> None:
    """Measure in one process, which both adds the jobs and does them."""
    begin, expire = asyncio.run(wait_for_all())
    tell(begin=begin, expire=expire)


if __name__ == "__main__":
    main()
