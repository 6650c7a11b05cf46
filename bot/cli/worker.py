"""`flask worker`: what happens without anybody calling."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from bot import garbage
from bot.cli.runtime import current_runtime
from bot.cli.words import in_words
from bot.worker import Worker


@click.command()
@with_appcontext
def worker() -> None:
    """Send, expire, reconcile and sweep until told to stop. Any number of workers may run."""
    with in_words():
        runtime = current_runtime()
        runtime.settings.require_all()
        work = Worker(runtime)
        garbage.settle()
        work.run()
