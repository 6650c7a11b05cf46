"""Forms that are sent twice, by a double click or a reload, and count once."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from bot.store.bulk import insert_new
from bot.store.models import Answered

LONGEST = 64


def new_key() -> str:
    """What a form carries so that it is known again."""
    return secrets.token_urlsafe(16)


def is_first(connection: Connection, organization_id: UUID, key: str, now: datetime) -> bool:
    """Whether this form was not sent before. Of two at once the second waits for the first.

    A form without a key, which no page of ours has, is always new.
    """
    if not key:
        return True
    row = {"key": f"form {key[:LONGEST]}", "digest": "", "status": 0, "body": "", "at": now}
    unique = ["organization_id", "key"]
    row |= {"organization_id": organization_id}
    return bool(insert_new(connection, Answered, [row], unique))
