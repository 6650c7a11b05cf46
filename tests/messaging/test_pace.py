"""However late threads wake, a sender's messages leave one by one and never too close."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic

from bot.messaging.pace import Pace

STEP = timedelta(milliseconds=4)
CROWD = 40


def wall() -> datetime:
    return datetime.now(UTC)


def leave(pace: Pace) -> datetime:
    late = pace.wait()
    assert late >= timedelta()
    return wall()


def test_threads_that_come_at_once_leave_one_step_apart() -> None:
    pace, begun = Pace(wall), wall()
    for place in range(CROWD):
        pace.expect(begun - timedelta(seconds=1) + place * STEP, STEP)
    with ThreadPoolExecutor(CROWD) as threads:
        list(threads.map(lambda _: leave(pace), range(CROWD)))
    assert wall() - begun >= (CROWD - 1) * STEP


def test_nobody_leaves_before_their_moment() -> None:
    pace, begun = Pace(wall), wall()
    moments = [begun + timedelta(milliseconds=20) + place * STEP for place in range(5)]
    for moment in moments:
        pace.expect(moment, STEP)
    left = [leave(pace) for _ in moments]
    assert all(at >= moment for at, moment in zip(left, moments, strict=True))


def test_who_is_behind_says_from_when_more_could_leave() -> None:
    pace, begun = Pace(wall), wall()
    assert pace.free_at < begun
    for _ in range(3):
        pace.expect(begun, STEP)
    pace.wait()
    assert pace.free_at >= begun + 3 * STEP


class SetBack:
    """A clock that somebody sets back by an hour."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return wall() - self.by


def test_a_clock_that_is_set_back_stops_nobody() -> None:
    clock = SetBack()
    pace = Pace(clock)
    pace.expect(clock(), STEP)
    pace.wait()
    pace.expect(clock(), STEP)  # claimed before
    clock.by = timedelta(hours=1)
    assert pace.free_at <= clock() + 3 * STEP
    pace.expect(clock(), STEP)  # and after
    begun = monotonic()
    for _ in range(2):
        pace.wait()
    assert 2 * STEP.total_seconds() <= monotonic() - begun < 5
