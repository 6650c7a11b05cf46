"""`flask sim listen` and `trigger`: what goes over the wire, and scenarios as they are played."""

from __future__ import annotations

import time

import click
from flask.cli import with_appcontext

from bot.cli.printing import as_text, json_option
from bot.cli.sim.reach import reach
from bot.simulator.scenarios import SCENARIOS
from bot.simulator.terminal import wire_line

PAUSE = 0.3


@click.command()
@json_option
@click.option("--all", "from_start", is_flag=True, help="Begin with what has been kept.")
@click.option("--count", type=int, help="End after so many requests; else with Ctrl-C.")
@with_appcontext
def listen(as_json: bool, from_start: bool, count: int | None) -> None:
    """Show every request in both directions, one line each, as it happens."""
    remote = reach()
    last = 0 if from_start else remote.get("/wire?after=999999999")["last"]
    while count is None or count > 0:
        found = remote.get(f"/wire?after={last}")
        for exchange in found["exchanges"][:count]:
            click.echo(as_text(exchange) if as_json else wire_line(exchange))
            last, count = exchange["number"], None if count is None else count - 1
        time.sleep(PAUSE)


@click.command()
@click.argument("scenario", type=click.Choice(list(SCENARIOS)))
@json_option
@with_appcontext
def trigger(scenario: str, as_json: bool) -> None:
    """Play SCENARIO with a fresh contact to the end; the exit code says whether it went well."""
    remote = reach()
    run, shown = remote.post(f"/scenarios/{scenario}"), 0
    while True:
        if not as_json:
            click.echo("".join(f"{step}\n" for step in run["steps"][shown:]), nl=False)
        shown = len(run["steps"])
        if run["status"] != "running":
            break
        time.sleep(PAUSE)
        run = remote.get(f"/scenarios/runs/{run['number']}")
    if as_json:
        click.echo(as_text(run))
    if run["status"] != "done":
        raise SystemExit(1)
