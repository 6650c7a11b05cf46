"""DBOS Transact with a workflow for each contact, which waits for an answer until its time is up.

Lost on `kill -9`: nothing; a process that starts again goes on with every workflow. But a step may
run twice when the process dies between the commit of its rows and the record of its result, so its
work must bear that. All who wait are held in memory by one process.
"""

from __future__ import annotations

import asyncio
from time import perf_counter, time

from dbos import DBOS, DBOSConfig, WorkflowHandleAsync

from benchmarks.peers.silence import asked, fall_silent, plain_url, tell

PLACE, COUNT = asked()
HEAD_START = 0.02
"""Seconds for each workflow to be started before the first one's time is up."""


@DBOS.step()
def note_silence() -> None:
    """Write what silence means."""
    fall_silent(PLACE)


@DBOS.workflow()
async def wait_for_answer(ends_at: float) -> str:
    """Wait until the contact answers, or their time is up."""
    answer = await DBOS.recv_async("answer", timeout_seconds=max(0.0, ends_at - time()))
    if answer is None:
        await asyncio.to_thread(note_silence)
    return str(answer)


async def wait_for_all() -> tuple[float, float]:
    """Start a workflow for every contact; all their times are up at the same moment."""
    ends_at = time() + 2 + COUNT * HEAD_START
    begun = perf_counter()
    handles: list[WorkflowHandleAsync[str]] = [
        await DBOS.start_workflow_async(wait_for_answer, ends_at) for _ in range(COUNT)
    ]
    started = perf_counter()
    if time() > ends_at:
        raise RuntimeError("the time of the first was up before the last was started")
    await asyncio.sleep(ends_at - time())
    due = perf_counter()
    for handle in handles:
        await handle.get_result()
    return COUNT / (started - begun), COUNT / (perf_counter() - due)


def main() -> None:
    """Measure in one process, which both starts the workflows and runs them."""
    config: DBOSConfig = {
        "name": "assent",
        "system_database_url": plain_url(PLACE),
        "log_level": "ERROR",
        "sys_db_pool_size": 20,
    }
    DBOS(config=config)
    DBOS.launch()
    begin, expire = asyncio.run(wait_for_all())
    DBOS.destroy()
    tell(begin=begin, expire=expire)


if __name__ == "__main__":
    main()
