"""Errors in words: what is wrong and what to do, exit code 1, never a traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.config import Misconfigured
from bot.people.mistakes import Mistake

NOT_MIGRATED = ("no such table", "no such column", "does not exist")


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what a person can do something about into a message for that person."""
    try:
        yield
    except (Mistake, Misconfigured) as error:
        raise click.ClickException(str(error)) from None
    except DBAPIError as error:
        raise click.ClickException(_of_database(error)) from None
    except UnicodeEncodeError as error:
        raise click.ClickException(_of_text(error)) from None


class Noun(AppGroup):
    """A group of commands about one thing, which speaks of errors in words."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was called."""
        with in_words():
            return super().invoke(ctx)


def _of_text(error: UnicodeEncodeError) -> str:
    if "\udc80" <= error.object[error.start] <= "\udcff":
        return "A word of this command is not UTF-8. Type it where the terminal speaks UTF-8."
    return f"This terminal cannot show {error.object[error.start]!a}. Set PYTHONIOENCODING=utf-8."


def _of_database(error: DBAPIError) -> str:
    cause = str(error.orig).strip().split("\n")[0]
    if any(sign in cause for sign in NOT_MIGRATED):
        return f"The database lacks a table ({cause}). Run: flask db upgrade"
    if isinstance(error, OperationalError):
        return f"The database cannot be used: {cause}. Check DATABASE_URL and that it is running."
    return f"The database refused: {cause}."
