"""`flask org`: organizations."""

from __future__ import annotations

from typing import Any

import click

from bot.cli.printing import json_option, show_all, show_one
from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.people import organizations
from bot.people.organizations import SMS_POLICIES

COLUMNS = ("id", "name", "whatsapp", "sms", "language", "time_zone", "created_at")
SMS = "SMS: off, after consent, or after a disclaimer."

org = Noun("org", help="Organizations: the tenants of this server.")


@org.command()
@click.argument("name")
@click.option("--sms", type=click.Choice(SMS_POLICIES), default="off", show_default=True, help=SMS)
@click.option(
    "--whatsapp/--no-whatsapp", default=True, help="Whether it may use WhatsApp; on unless told."
)
@click.option("--language", default="en", show_default=True, help="Language of its texts.")
@click.option("--time-zone", default="UTC", show_default=True, help="Like Europe/Berlin.")
@json_option
def add(name: str, sms: str, whatsapp: bool, language: str, time_zone: str, as_json: bool) -> None:
    """Add an organization. NAME is what contacts read in the opt-in request."""
    runtime = current_runtime()
    with runtime.database.writing() as connection:
        identity = organizations.add(
            connection, name, whatsapp=whatsapp, sms=sms, language=language, time_zone=time_zone,
            now=runtime.clock.now(),
        )  # fmt: skip
        row = organizations.find(connection, str(identity))
    show_one(dict(row._mapping), f"Added {row.name!r}, id {row.id}.", as_json=as_json)


@org.command("set")
@click.argument("name")
@click.option("--name", "new_name", help="A new name.")
@click.option("--sms", type=click.Choice(SMS_POLICIES), help=SMS)
@click.option("--whatsapp/--no-whatsapp", default=None, help="Whether it may use WhatsApp.")
@click.option("--language", help="Language of its texts.")
@click.option("--time-zone", help="Like Europe/Berlin.")
@json_option
def change(name: str, new_name: str | None, as_json: bool, **changes: Any) -> None:
    """Change what is given of the organization NAME (a name or an id); the rest stays."""
    wanted = {"name": new_name, **changes}
    given = {name: value for name, value in wanted.items() if value is not None}
    if not given:
        raise click.UsageError("Say what to change, for example: --sms disclaimer")
    with current_runtime().database.writing() as connection:
        identity = organizations.find(connection, name).id
        organizations.change(connection, identity, **given)
        row = organizations.find(connection, str(identity))
    show_one(dict(row._mapping), f"Changed {row.name!r}.", as_json=as_json)


@org.command("list")
@json_option
def everyone(as_json: bool) -> None:
    """List all organizations."""
    with current_runtime().database.reading() as connection:
        rows = organizations.everyone(connection)
    show_all([row._mapping for row in rows], COLUMNS, as_json=as_json)
