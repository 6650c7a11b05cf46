"""`flask worker`: what happens without anybody calling."""

from __future__ import annotations

from contextlib import suppress

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from bot import garbage
from bot.cli.runtime import current_runtime
from bot.cli.words import in_words
from bot.people.mistakes import Mistake
from bot.runtime import Runtime
from bot.store.schema import current_revision
from bot.worker import Worker


@click.command()
@with_appcontext
def worker() -> None:
    """Send, expire, reconcile and sweep until told to stop. Any number of workers may run."""
    with in_words():
        runtime = current_runtime()
        runtime.settings.require_all()
        _demand_tables(runtime)
        work = Worker(runtime)
        garbage.settle()
        work.run()


def _demand_tables(runtime: Runtime) -> None:
    # A database that is away may come; one without tables needs somebody.
    with suppress(OperationalError), runtime.database.reading() as connection:
        if current_revision(connection) is None:
            raise Mistake("The database is empty. Run: flask db upgrade")
