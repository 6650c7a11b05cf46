"""What all tables share."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKeyConstraint, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase

from bot.store.columns import Document, Instant

ADDRESS = String(160)
"""Room for `whatsapp:CC.` and a business-scoped user id of 128 characters."""


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can speak of them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        dict[str, Any]: Document,
        list[Any]: Document,
        str: Text,
    }


def belongs_to(table: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """That `<table>_id` names a row of another table, and one of the same organization."""
    return ForeignKeyConstraint(
        ["organization_id", f"{table}_id"],
        [f"{table}.organization_id", f"{table}.id"],
        ondelete=ondelete,
    )
