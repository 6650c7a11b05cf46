"""`flask db`: the schema."""

from __future__ import annotations

import click

from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.store.migrate import upgrade
from bot.store.schema import current_revision, newest_revision

db = Noun("db", help="Bring the database to the newest schema.")


@db.command("upgrade")
def upgrade_database() -> None:
    """Apply every migration that is missing. Safe to run again, and while the server runs."""
    upgrade(current_runtime().database)
    click.echo(f"The database is at {newest_revision()}, the newest schema.")


@db.command()
def current() -> None:
    """Show which schema the database has, and whether it is the newest."""
    with current_runtime().database.reading() as connection:
        revision = current_revision(connection)
    if revision == newest_revision():
        click.echo(f"{revision} (newest)")
    else:
        click.echo(f"{revision or 'empty'} (newest is {newest_revision()}; run: flask db upgrade)")
