"""What workers at once share: a sender's queue, and the organization's messaging limit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from bot.campaigns import step
from tests.campaigns.crowd import Asking, Crowd, numbers
from tests.world import World


@pytest.fixture
def crowd(world: World) -> Crowd:
    return Crowd(world)


def meanwhile(asking: Asking, other: Callable[[], int]) -> tuple[int, int]:
    """How many one worker asks, and another that begins before the first has committed.

    PostgreSQL lets the second pass by, SQLite lets it wait.
    """
    with ThreadPoolExecutor(1) as pool:
        with asking.world.database.writing() as connection:
            asked = len(step.ask_next(connection, asking.sender_id, asking.world.now))
            second = pool.submit(other)
            wait([second], timeout=0.3)
        return asked, second.result()


def test_the_queue_is_looked_at_by_one_worker_though_an_older_request_goes_on(crowd: Crowd) -> None:
    crowd.sends(per_second=4)
    older = crowd.begins(crowd.file(numbers(9)))
    newer = crowd.begins(crowd.file(numbers(9, first=50)))
    older.does("pause")

    def resumes() -> int:
        older.does("resume")
        return older.goes_on()

    assert meanwhile(newer, resumes) == (8, 0)
