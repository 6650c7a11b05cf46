"""Bringing a database to the newest schema, by Alembic."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from bot.store.db import Database
from bot.store.schema import SCRIPTS


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply every migration that is missing. Does nothing when the schema is current."""
    with database.writing() as connection:
        if database.name == "postgresql":
            # A table is changed when nobody uses it, however long that takes.
            connection.execute(text("SET LOCAL lock_timeout = 0"))
        command.upgrade(alembic_config(connection), revision)


def alembic_config(connection: object | None = None) -> Config:
    """Alembic's configuration, bound to an open connection."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
