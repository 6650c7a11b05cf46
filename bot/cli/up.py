"""`flask up`: web, worker and, in a simulation, a stand-in for Twilio, all on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from honcho.environ import parse_procfile

from bot.cli import demo_house, first_admin
from bot.cli.children import Children
from bot.cli.plan import House, demand_free_ports, plan
from bot.cli.welcome import Welcome
from bot.cli.words import in_words
from bot.config import Settings
from bot.people import organizations
from bot.runtime import Runtime, load_runtime
from bot.store.migrate import upgrade

ROOT = Path(__file__).parents[2]
STAND_IN_COMMAND = (
    "granian --interface wsgi --factory --workers 1 --blocking-threads 64 --no-ws "
    "--port {port} bot.simulator.app:from_environment"
)


@click.command()
def up() -> None:
    """Run everything on this machine until Ctrl-C, with a stand-in for Twilio.

    Nothing needs to be set. PORT and SIMULATOR_PORT choose other ports. With Twilio's credentials
    in the environment or .env, or with SIMULATOR=0, web and worker run against Twilio itself.
    """
    with in_words():
        house = plan(os.environ)
        demand_free_ports(house)
        runtime = load_runtime(house.settings)
        _run(house, runtime, _prepare(runtime))


def _prepare(runtime: Runtime) -> str | None:
    """Make ready what is not; gives back the secret of a link when nobody can sign in yet."""
    upgrade(runtime.database)
    if not runtime.settings.simulator:
        return None
    with runtime.database.writing() as connection:
        if demo_house.furnish(connection, runtime.clock.now()):
            click.echo(f"Made the organization {demo_house.NAME!r} to try things with.")
        return first_admin.invite(connection, runtime.clock.now(), runtime.clock.wall())


def _run(house: House, runtime: Runtime, invitation: str | None) -> None:
    with runtime.database.writing() as connection:
        templates = demo_house.templates(connection)
        senders = [sender.address for sender in organizations.senders(connection)]
        token = (
            demo_house.simulators_token(connection, runtime.clock.now()) if house.stand_in else ""
        )
    runtime.database.close()
    children = Children()
    children.stop_on_signals()
    try:
        for name, command, environment in commands(house, token, senders):
            children.start(name, command, environment)
        welcome = Welcome(children, house, templates, invitation)
        ended = children.watch(welcome.look)
    finally:
        children.stop()
    if ended:
        code = children.exit_code(ended)
        raise click.ClickException(f"{ended} ended by itself (exit code {code}); all is stopped.")
    children.say("stopped")


def commands(
    house: House, token: str, senders: Iterable[str]
) -> list[tuple[str, str, dict[str, str]]]:
    """What runs: name, command line and environment of each process.

    With the `token` the stand-in plays its scenarios on our own server; `senders` are our
    addresses, which it cannot know before something was sent.
    """
    lines = parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8")).processes
    beside = str(Path(sys.executable).parent)
    path = os.pathsep.join([beside, house.environment.get("PATH", os.defpath)])
    environment = house.environment | {"PATH": path, "PYTHONUNBUFFERED": "1"}
    commands = [(name, lines[name], environment) for name in ("web", "worker")]
    if house.stand_in:
        command = STAND_IN_COMMAND.format(port=house.stand_in)
        account = _account(house.settings, token, senders)
        commands.insert(0, ("twilio", command, environment | account))
    return commands


def _account(settings: Settings, token: str, senders: Iterable[str]) -> dict[str, str]:
    return {
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid or "",
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token[0].get_secret_value(),
        "SIMULATOR_WEBHOOK": f"{settings.public_url}/twilio/inbound#rc=3&rp=all",
        "SIMULATOR_APP_URL": settings.public_url or "",
        "SIMULATOR_APP_TOKEN": token,
        "SIMULATOR_SENDERS": ",".join(senders),
    }
