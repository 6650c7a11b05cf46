"""`flask org`: organizations."""

from __future__ import annotations

from typing import Any

import click

from bot.cli.printing import json_option, show_all, show_one
from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.people import organizations
from bot.people.choices import ATTEMPTS, LOWEST_LIMIT, SMS_POLICIES, STRANGERS
from bot.people.quiet_hours import DEFAULT

COLUMNS = (
    "id", "name", "whatsapp", "sms", "strangers", "language", "time_zone", "attempts",
    "quiet_hours", "messaging_limit", "created_at",
)  # fmt: skip
TRIES = "Opt-in requests that a contact may get without an answer; 0 is no limit."
QUIET = "When nobody is asked in bulk, by the contact's clock: like 21:00-08:00, or none."
LIMIT = (
    "People whom Meta lets all its WhatsApp senders together begin to write to in 24 hours: "
    "250, 2000, 10000, 100000, or unlimited."
)
SMS = "SMS: off, after consent, or after a disclaimer."
WHO_WRITES_FIRST = "Ask people who write first for consent, or keep their words and send nothing."

org = Noun("org", help="Organizations: the tenants of this server.")


@org.command()
@click.argument("name")
@click.option("--sms", type=click.Choice(SMS_POLICIES), default="off", show_default=True, help=SMS)
@click.option(
    "--whatsapp/--no-whatsapp", default=True, help="Whether it may use WhatsApp; on unless told."
)
@click.option(
    "--strangers",
    type=click.Choice(STRANGERS),
    default="ask",
    show_default=True,
    help=WHO_WRITES_FIRST,
)
@click.option("--language", default="en", show_default=True, help="Language of its texts.")
@click.option("--time-zone", default="UTC", show_default=True, help="Like Europe/Berlin.")
@click.option("--attempts", default=str(ATTEMPTS), show_default=True, metavar="N", help=TRIES)
@click.option("--quiet-hours", default=DEFAULT, show_default=True, metavar="FROM-TO", help=QUIET)
@click.option(
    "--messaging-limit", default=str(LOWEST_LIMIT), show_default=True, metavar="N", help=LIMIT
)
@json_option
def add(name: str, as_json: bool, **given: Any) -> None:
    """Add an organization. NAME is what contacts read in the opt-in request."""
    runtime = current_runtime()
    with runtime.database.writing() as connection:
        identity = organizations.add(connection, name, **given, now=runtime.clock.now())
        row = organizations.find(connection, str(identity))
    show_one(dict(row._mapping), f"Added {row.name!r}, id {row.id}.", as_json=as_json)


@org.command("set")
@click.argument("name")
@click.option("--name", "new_name", help="A new name.")
@click.option("--sms", type=click.Choice(SMS_POLICIES), help=SMS)
@click.option("--whatsapp/--no-whatsapp", default=None, help="Whether it may use WhatsApp.")
@click.option("--strangers", type=click.Choice(STRANGERS), help=WHO_WRITES_FIRST)
@click.option("--language", help="Language of its texts.")
@click.option("--time-zone", help="Like Europe/Berlin.")
@click.option("--attempts", metavar="N", help=TRIES)
@click.option("--quiet-hours", metavar="FROM-TO", help=QUIET)
@click.option("--messaging-limit", metavar="N", help=LIMIT)
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
