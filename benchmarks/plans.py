"""How PostgreSQL goes about what a path asks of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, event

from bot.store.db import Database

Asked = list[tuple[str, Any]]


def plan_of(database: Database, path: Callable[[], object]) -> tuple[str, str]:
    """The indexes that the statements of a path use, and the tables that they read whole."""
    asked: Asked = []

    def remember(
        _connection: Connection, _cursor: object, statement: str, parameters: Any, *_: object
    ) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", remember)
    try:
        path()
    finally:
        event.remove(database.engine, "before_cursor_execute", remember)
    with database.writing() as connection:
        nodes = [node for one in asked for node in _nodes(connection, *one)]
    indexes = sorted({node["Index Name"] for node in nodes if "Index Name" in node})
    whole = sorted({node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"})
    return ", ".join(f"`{name}`" for name in indexes) or "none", ", ".join(whole) or "nothing"


def _nodes(connection: Connection, statement: str, parameters: Any) -> Iterator[dict[str, Any]]:
    if not statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
        return
    explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    plan = explained.scalar_one()
    yield from _below((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


def _below(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _below(child)
