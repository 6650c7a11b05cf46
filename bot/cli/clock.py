"""`flask clock`: the clock of a simulation, for all processes at once."""

from __future__ import annotations

from datetime import timedelta

import click

from bot import simulator_link
from bot.cli.durations import in_short, read_duration
from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.people.mistakes import Mistake
from bot.runtime import Runtime
from bot.simulator.remote import NotDone, NotReached, Remote
from bot.simulator_link import BeyondTime

clock = Noun("clock", help="Move the clock of a simulation.")


@clock.command()
def show() -> None:
    """Show the time that conversations live by."""
    _tell(_simulation())


@clock.command()
@click.argument("duration")
def advance(duration: str) -> None:
    """Move the clock ahead by DURATION: 90s, 15m, 24h, 1h30m, 2d. All processes follow at once."""
    runtime = _simulation()
    step = read_duration(duration)
    with runtime.database.writing() as connection:
        try:
            simulator_link.advance(connection, step, runtime.clock.wall())
        except BeyondTime as error:
            raise Mistake(str(error)) from None
    _take_stand_in_along(runtime)
    _tell(runtime)


@clock.command()
def reset() -> None:
    """Go back to the real time."""
    runtime = _simulation()
    with runtime.database.writing() as connection:
        simulator_link.reset(connection)
    _take_stand_in_along(runtime)
    _tell(runtime)


def _simulation() -> Runtime:
    runtime = current_runtime()
    if not runtime.settings.simulator:
        raise Mistake("Only a simulation has a clock that can be moved. Set SIMULATOR=1 for one.")
    return runtime


def _take_stand_in_along(runtime: Runtime) -> None:
    """Move the stand-in's clock too, if it is there: its windows and dates go by it."""
    ahead = (runtime.clock.now() - runtime.clock.wall()).total_seconds()
    try:
        Remote(runtime.settings.twilio_api_url, seconds=2.0).post("/clock", ahead_seconds=ahead)
    except (NotReached, NotDone) as trouble:
        click.echo(f"The stand-in's clock was not moved: {trouble}", err=True)


def _tell(runtime: Runtime) -> None:
    now, wall = runtime.clock.now(), runtime.clock.wall()
    ahead = timedelta(seconds=round((now - wall).total_seconds(), 1))
    click.echo(f"{now.isoformat(timespec='seconds')}, {in_short(ahead)} ahead of the real time")
