"""The whole queue stands still while nothing would go through."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from bot.store.bulk import insert_new, update_all
from bot.store.models import Pause

BREATH = timedelta(seconds=60)
"""How long the queue waits after the provider rejected our credentials, before it tries one."""


def is_paused(connection: Connection, wall: datetime) -> bool:
    """Whether nothing may be sent now."""
    # A pause that ends later than one can has been left by a clock that was set back since.
    now = Pause.until > wall, Pause.until <= wall + BREATH
    return connection.scalar(select(Pause.until).where(*now)) is not None


def pause(connection: Connection, reason: str, wall: datetime) -> None:
    """Stop sending for a while: nothing would go through."""
    row = {"id": 1, "until": wall + BREATH, "reason": reason}
    # Many calls are turned away at the same moment: deleting and inserting would collide.
    if not insert_new(connection, Pause, [row], ["id"]):
        update_all(connection, Pause, [row], keys=("id",))


def resume(connection: Connection) -> None:
    """Try again at once: somebody who starts a worker may have mended what was wrong."""
    connection.execute(delete(Pause))
