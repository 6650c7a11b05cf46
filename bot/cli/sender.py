"""`flask sender`: the addresses that organizations write from."""

from __future__ import annotations

import click

from bot.cli.printing import json_option, show_all, show_one
from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.people import organizations

COLUMNS = (
    "id", "organization", "channel", "address", "templates", "per_second", "created_at",
)  # fmt: skip
RATE = "Messages that it may send a second."

sender = Noun("sender", help="The addresses that an organization writes from.")


def read_templates(
    _context: click.Context, _option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """Read `LANG=HX…`, as often as it was given. Raises `BadParameter`."""
    pairs = [one.partition("=") for one in given]
    for language, equals, sid in pairs:
        if not (language and equals and sid):
            raise click.BadParameter("write LANG=ContentSid, like en=HX0123456789abcdef…")
    return {language: sid for language, _, sid in pairs}


@sender.command()
@click.argument("organization", metavar="ORG")
@click.argument("address")
@click.option(
    "--template", "templates", multiple=True, metavar="LANG=HX…", callback=read_templates,
    help="The approved template of the opt-in request in a language; may be given again.",
)  # fmt: skip
@click.option("--per-second", default=80.0, show_default=True, help=RATE)
@json_option
def add(
    organization: str, address: str, templates: dict[str, str], per_second: float, as_json: bool
) -> None:  # fmt: skip
    """Add a sender to ORG (a name or an id). ADDRESS: whatsapp:+… for WhatsApp, +… for SMS."""
    runtime = current_runtime()
    with runtime.database.writing() as connection:
        owner = organizations.find(connection, organization).id
        identity = organizations.add_sender(
            connection, owner, address, templates, runtime.clock.now(), per_second
        )
        added = next(row for row in organizations.senders(connection) if row.id == identity)
    show_one(dict(added._mapping), f"Added {added.address}, id {added.id}.", as_json=as_json)


@sender.command("set")
@click.argument("address")
@click.option("--per-second", type=float, help=RATE)
def change(address: str, per_second: float | None) -> None:
    """Change how fast the sender ADDRESS sends."""
    if per_second is None:
        raise click.UsageError("Say what to change, for example: --per-second 10")
    with current_runtime().database.writing() as connection:
        organizations.change_sender(connection, address, per_second)
    click.echo(f"Changed {address}.")


@sender.command("list")
@click.option("--org", metavar="ORG", help="Only those of one organization.")
@json_option
def everyone(org: str | None, as_json: bool) -> None:
    """List the senders."""
    with current_runtime().database.reading() as connection:
        owner = organizations.find(connection, org).id if org else None
        rows = organizations.senders(connection, owner)
    show_all([row._mapping for row in rows], COLUMNS, as_json=as_json)
