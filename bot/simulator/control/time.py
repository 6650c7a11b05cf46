"""The time: the clock, what is due, and what a jump has set off."""

from typing import Any

from flask import Blueprint

from bot.simulator import travel
from bot.simulator.control.reading import Nonsense, fields
from bot.simulator.stand_in import here

time = Blueprint("time", __name__)


@time.get("/clock")
def clock() -> dict[str, Any]:
    """Show the time the stand-in believes it is and how far that is ahead of real time."""
    moved = here().clock
    return {"now": moved.now().isoformat(), "ahead_seconds": moved.offset.total_seconds()}


@time.post("/clock")
def set_clock() -> dict[str, Any]:
    """Move the clock, and the server's with it.

    `advance_seconds`, `next_deadline: true` or `reset: true`; with `ahead_seconds` the
    stand-in alone follows a clock that was moved elsewhere.
    """
    given = fields("advance_seconds", "next_deadline", "reset", "ahead_seconds")
    if given.flag("reset", False):
        travel.reset(here())
    if given.flag("next_deadline", False):
        travel.to_next_deadline(here())
    try:
        _move(given.number("advance_seconds"), given.number("ahead_seconds"))
    except (OverflowError, ValueError):
        raise Nonsense("that leaves the calendar") from None
    return clock()


@time.get("/deadlines")
def deadlines() -> dict[str, Any]:
    """List what the server will do next, and which deadlines the last jump set off."""
    return travel.deadlines(here())


def _move(seconds: float | None, ahead: float | None) -> None:
    if ahead is not None:
        here().clock.put_ahead(ahead)
    if seconds:
        travel.advance(here(), seconds)
