"""`flask sim`: the stand-in for Twilio from the terminal."""

from __future__ import annotations

import click

from bot.cli.sim.customers import numbers, replay, send, tap
from bot.cli.sim.reach import URL, Sim
from bot.cli.sim.up import up
from bot.cli.sim.watching import listen, trigger
from bot.cli.sim.weather import chaos, time


@click.group("sim", cls=Sim)
@click.option("--url", envvar="SIMULATOR_URL", help="Where the stand-in is, if not where usual.")
@click.pass_context
def sim(context: click.Context, url: str | None) -> None:
    """Be the customer, the weather and the clock: the stand-in for Twilio.

    Nothing here reaches a real phone. The page is at http://127.0.0.1:4010/simulator.
    """
    context.meta[URL] = url


for command in (send, tap, listen, trigger, time, chaos, replay, numbers, up):
    sim.add_command(command)
