"""Moving the time: the stand-in's clock, and with it the server's."""

from datetime import datetime
from typing import Any, Final

from bot.simulator.server import ServerTrouble
from bot.simulator.stand_in import StandIn

# Beyond the deadline, so that what is due at that very moment is over.
_MARGIN: Final = 1.0


class NothingDue(ServerTrouble):
    """The server waits for nothing."""


def advance(stand_in: StandIn, seconds: float) -> None:
    """Move both clocks by so many seconds; neither if the server's cannot be moved."""
    _note_passed(stand_in, seconds)
    if stand_in.server.url is None:
        stand_in.clock.advance(seconds)
        return
    given = {"advance_seconds": seconds}
    stand_in.clock.put_ahead(stand_in.server.clock(stand_in.account, given))


def reset(stand_in: StandIn) -> None:
    """Return both clocks to real time."""
    if stand_in.server.url is not None:
        stand_in.server.clock(stand_in.account, {"reset": True})
    stand_in.clock.reset()


def to_next_deadline(stand_in: StandIn) -> None:
    """Move both clocks just beyond the next moment at which the server does something."""
    found = stand_in.server.deadlines(stand_in.account, [])
    now = datetime.fromisoformat(found["now"])
    coming = [datetime.fromisoformat(one["due_at"]) for one in found["deadlines"]]
    later = [moment for moment in coming if moment > now]
    if not later:
        raise NothingDue("Nothing is due: no conversation waits for anything.")
    advance(stand_in, (min(later) - now).total_seconds() + _MARGIN)


def deadlines(stand_in: StandIn) -> dict[str, Any]:
    """Show what is coming, and what became of that which the last jump passed."""
    if stand_in.server.url is None:
        return {"server": None, "deadlines": [], "fired": []}
    passed = stand_in.passed
    found = stand_in.server.deadlines(stand_in.account, list(passed))
    fired = [
        one | {"was": passed[one["conversation"]]}
        for one in found["asked"]
        if one["state"] != passed.get(one["conversation"])
    ]
    return {"server": stand_in.server.url, "deadlines": found["deadlines"], "fired": fired}


def _note_passed(stand_in: StandIn, seconds: float) -> None:
    """Remember which conversations the jump will find due, and in which state they were."""
    if stand_in.server.url is None or seconds <= 0:
        return
    found = stand_in.server.deadlines(stand_in.account, [])
    now = datetime.fromisoformat(found["now"])
    stand_in.passed = {
        one["conversation"]: one["state"]
        for one in found["deadlines"]
        if (datetime.fromisoformat(one["due_at"]) - now).total_seconds() <= seconds
    }
