"""`flask problems`: what a person should look at."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, literal, select, union_all

from bot.cli.printing import json_option, show_all
from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.store.models import Problem, Stray

COLUMNS = ("at", "kind", "subject", "count", "words")

problems = Noun("problems", help="What a person should look at.")


@problems.command("list")
@json_option
def everything(as_json: bool) -> None:
    """List open problems and messages that belong nowhere, the latest first."""
    with current_runtime().database.reading() as connection:
        rows = _latest_first(connection)
    show_all(rows, COLUMNS, as_json=as_json)


def _latest_first(connection: Connection) -> list[Any]:
    noted = select(Problem.at, Problem.kind, Problem.subject, Problem.count, Problem.words)
    strays = select(Stray.at, literal("stray message"), Stray.sid, literal(1), Stray.reason)
    both = union_all(noted, strays).subquery()
    return [row._mapping for row in connection.execute(select(both).order_by(both.c.at.desc()))]
