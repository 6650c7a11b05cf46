"""`flask sim time` and `chaos`: the clock and the faults."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click
from flask.cli import with_appcontext

from bot.cli.durations import in_short, read_duration
from bot.cli.printing import as_text, json_option
from bot.cli.sim.reach import reach
from bot.simulator.terminal import fault_line, fault_of

_JUMPS = {"next": "next_deadline", "reset": "reset"}


@click.command()
@click.argument("when", default="show")
@json_option
@with_appcontext
def time(when: str, as_json: bool) -> None:
    """Show the time, or move both clocks: +90s, +24h, next (deadline), reset."""
    clock = _moved(when)
    ahead = in_short(timedelta(seconds=round(clock["ahead_seconds"], 1)))
    words = f"{clock['now'][:19]}, {ahead} ahead of the real time"
    click.echo(as_text(clock) if as_json else words)


def _moved(when: str) -> dict[str, Any]:
    remote = reach()
    if when == "show":
        return dict(remote.get("/clock"))
    if when in ("next", "reset"):
        return dict(remote.post("/clock", **{_JUMPS[when]: True}))
    seconds = read_duration(when.removeprefix("+")).total_seconds()
    return dict(remote.post("/clock", advance_seconds=seconds))


@click.command()
@click.argument("switches", nargs=-1, metavar="[FAULT=HOW]...")
@click.option("--seconds", type=float, help="How long: of hang, list_lag, callback_late, 429.")
@click.option("--strikes", help="What 401, 429, 500 strike: create, list or any.")
@json_option
@with_appcontext
def chaos(
    switches: tuple[str, ...], seconds: float | None, strikes: str | None, as_json: bool
) -> None:
    """Show the faults, or put some in force: 429=0.2, hang=next, 500=next:3; off lifts all."""
    remote = reach()
    more = {"seconds": seconds, "strikes": strikes}
    for switch in switches:
        if switch == "off":
            remote.delete("/chaos")
        else:
            remote.post("/chaos", **fault_of(switch), **more)
    found = remote.get("/chaos")
    if as_json:
        click.echo(as_text(found["in_force"]))
        return
    for fault in found["in_force"]:
        click.echo(fault_line(fault))
    if not found["in_force"]:
        click.echo("No fault is in force. There are: " + ", ".join(found["known"]))
