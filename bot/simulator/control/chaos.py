"""The faults: which there are, which are in force."""

from typing import Any

from flask import Blueprint

from bot.simulator.control.reading import Nonsense, fields
from bot.simulator.faults import FAULTS, WORDS, Fault, UnknownFault
from bot.simulator.stand_in import here

chaos = Blueprint("chaos", __name__)


@chaos.get("/chaos")
def show() -> dict[str, Any]:
    """List the faults in force and all there are, with what each strikes and does."""
    return {"in_force": here().faults.in_force(), "known": FAULTS, "words": WORDS}


@chaos.post("/chaos")
def add() -> tuple[dict[str, Any], int]:
    """Put a fault in force for the `next` n times (default 1) or with a `probability`.

    A probability takes the place of the fault's earlier one.
    """
    given = fields("fault", "next", "probability", "seconds", "strikes")
    name = given.needed("fault")
    probability = given.number("probability")
    fault = Fault(
        fault=name,
        strikes=given.text("strikes") or FAULTS.get(name, ""),
        next=given.whole("next", 1 if probability is None else None),
        probability=probability,
        seconds=given.number("seconds") or 0.0,
    )
    try:
        here().faults.add(fault)
    except UnknownFault as unknown:
        raise Nonsense(str(unknown)) from None
    return show(), 201


@chaos.delete("/chaos")
def clear() -> tuple[str, int]:
    """Lift all faults."""
    here().faults.clear()
    return "", 204


@chaos.delete("/chaos/<fault>")
def lift(fault: str) -> tuple[str, int]:
    """Lift one fault."""
    here().faults.lift(fault)
    return "", 204
