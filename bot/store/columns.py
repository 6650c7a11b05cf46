"""Column types that hold the same value on both databases, and the ids of rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import JSON, DateTime, Dialect, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. Refuses naive values: they would shift by hours without an error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Take an aware moment. Raises `ValueError` for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; pass aware UTC moments")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware moment. Only SQLite needs it: connections to PostgreSQL speak UTC."""
        return None if value is None else value.replace(tzinfo=UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """How moments are read: as they are from PostgreSQL."""
        return None if dialect.name == "postgresql" else super().result_processor(dialect, coltype)


Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON value."""


BY_BYTES = Text().with_variant(Text(collation="C"), "postgresql")
"""Text in the order of its bytes, so that an index finds what begins with something."""


def made_at(row_id: UUID) -> datetime:
    """When an id was made, by the real clock, which no simulation moves: it says so itself."""
    return datetime.fromtimestamp((row_id.int >> 80) / 1000, UTC)


def new_id() -> UUID:
    """Make the id of a row: a UUID of version 7, so that rows made together lie together."""
    return uuid_utils.compat.uuid7()
