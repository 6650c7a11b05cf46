"""`flask sim up`: a stand-in alone."""

from __future__ import annotations

import os
import sys

import click
from flask.cli import with_appcontext

from bot.cli.sim.reach import current_settings, refuse_live
from bot.config import SIMULATED

WEBHOOK = "Where customers' messages are posted to; may end in #rc=3&rp=all."
SERVER = "The server for scenarios and clock, like http://127.0.0.1:8000."


@click.command()
@click.option("--port", default=4010, show_default=True, help="Where it listens, on 127.0.0.1.")
@click.option("--webhook", help=WEBHOOK)
@click.option("--app", "server", help=SERVER)
@click.option("--token", help="A token of that server's API; only scenarios need it.")
@with_appcontext
def up(port: int, webhook: str | None, server: str | None, token: str | None) -> None:
    """Run a stand-in alone, for this project or any other, until Ctrl-C."""
    settings = current_settings()
    refuse_live(settings)
    own = settings.public_url if settings.simulator else None
    account = settings.twilio_account_sid or SIMULATED["twilio_account_sid"]
    tokens = [one.get_secret_value() for one in settings.twilio_auth_token]
    given = {
        "TWILIO_ACCOUNT_SID": account,
        "TWILIO_AUTH_TOKEN": tokens[0] if tokens else SIMULATED["twilio_auth_token"],
        "TWILIO_API_URL": f"http://127.0.0.1:{port}",
        "SIMULATOR_WEBHOOK": webhook or (f"{own}/twilio/inbound" if own else ""),
        "SIMULATOR_APP_URL": server or own or "",
        "SIMULATOR_APP_TOKEN": token or os.environ.get("SIMULATOR_APP_TOKEN", ""),
    }
    click.echo(f"A stand-in for Twilio: http://127.0.0.1:{port}/simulator")
    click.echo(f"TWILIO_API_URL=http://127.0.0.1:{port} TWILIO_ACCOUNT_SID={account}")
    if not tokens or tokens[0] == SIMULATED["twilio_auth_token"]:
        click.echo(f"TWILIO_AUTH_TOKEN={given['TWILIO_AUTH_TOKEN']}")
    sys.stdout.flush()
    os.execve(sys.executable, _command(port), os.environ | given)  # noqa: S606 - our own program


def _command(port: int) -> list[str]:
    served = ["--interface", "wsgi", "--factory", "--workers", "1", "--no-ws"]
    served += ["--blocking-threads", "64", "--port", str(port)]
    return [sys.executable, "-m", "granian", *served, "bot.simulator.app:from_environment"]
