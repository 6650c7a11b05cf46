"""The texts that organizations put in place of ours. Every version is kept for ever.

An organization counts its changes; its row carries the number of the newest, which is read with
every conversation. What belongs to a number never changes, so a process reads it once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, update

from bot.conversations.wording import NONE, OwnText, OwnWording
from bot.store.among import among
from bot.store.bulk import insert_all
from bot.store.models import HouseText, Organization

Newest = tuple[UUID, int]
"""An organization, and the number of its newest change; 0 while it has made none."""

MOST_KEPT = 1000
_read: dict[Newest, OwnWording] = {}


def of(connection: Connection, wanted: Collection[Newest]) -> dict[Newest, OwnWording]:
    """The own wording of organizations at their newest changes: one statement, or none.

    Not for a transaction that has just called `change`: if it failed, its number would be given
    away again, and what was read here would be remembered under it.
    """
    found = {one: _read.get(one) if one[1] else NONE for one in wanted}
    missing = [one for one, own in found.items() if own is None]
    read = _remember(connection, missing) if missing else {}
    return {one: own or read[one] for one, own in found.items()}


def change(
    connection: Connection, organization_id: UUID, language: str, name: str, text: str | None,
    by: str, now: datetime,
) -> int:  # fmt: skip
    """Put `text` in place of ours, or None for ours again; gives back the number of this change."""
    counted = (
        update(Organization)
        .where(Organization.id == organization_id)
        .values(wording=Organization.wording + 1)
        .returning(Organization.wording)
    )
    version: int = connection.scalars(counted).one()
    row = {"organization_id": organization_id, "version": version, "language": language}
    row |= {"name": name, "text": text, "changed_by": by, "changed_at": now}
    insert_all(connection, HouseText, [row])
    return version


def history(
    connection: Connection, organization_id: UUID, language: str, name: str
) -> list[Row[Any]]:
    """Every version of one text in one language, the newest first."""
    wanted = (
        select(*HouseText.__table__.columns)
        .where(HouseText.organization_id == organization_id)
        .where(HouseText.language == language, HouseText.name == name)
    )
    return list(connection.execute(wanted.order_by(HouseText.version.desc())))


def newest(connection: Connection, organization_id: UUID) -> OwnWording:
    """An organization's own wording as it is now."""
    number = select(Organization.wording).where(Organization.id == organization_id)
    key = (organization_id, connection.scalars(number).one())
    return of(connection, [key])[key]


def _remember(connection: Connection, missing: Collection[Newest]) -> dict[Newest, OwnWording]:
    ids = list({organization_id for organization_id, _ in missing})
    rows = connection.execute(
        select(*HouseText.__table__.columns)
        .where(among(connection, HouseText.organization_id, ids))
        .order_by(HouseText.version)
    ).all()
    if len(_read) + len(missing) > MOST_KEPT:
        _read.clear()
    read = {one: _as_of(one, rows) for one in missing}
    _read.update(read)
    return read


def _as_of(one: Newest, rows: Collection[Row[Any]]) -> OwnWording:
    organization_id, number = one
    texts = {}
    for row in rows:
        if row.organization_id == organization_id and row.version <= number:
            texts[row.language, row.name] = OwnText(row.text, row.version)
    return OwnWording({key: own for key, own in texts.items() if own.text is not None})
