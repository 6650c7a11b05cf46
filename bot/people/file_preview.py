"""A file of contacts, looked at before anything is taken in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from bot.people.contact_file import Newcomer, Skipped, in_batches, read
from bot.store.among import among_theirs
from bot.store.models import Address

BATCH = 500


@dataclass(frozen=True, slots=True)
class FilePreview:
    """Who would be added, and which lines would bring nobody, in the order of the file."""

    newcomers: list[Newcomer]
    skipped: list[Skipped]


def look(
    connection: Connection, organization_id: UUID, lines: Iterable[str], region: str | None
) -> FilePreview:
    """Read a file and hold it against the contacts that there are. Raises what `read` raises."""
    seen = FilePreview([], [])
    for batch in in_batches(read(lines, region), BATCH):
        strangers = [line for line in batch if isinstance(line, Newcomer)]
        taken = _taken(connection, organization_id, [one.phone for one in strangers])
        seen.newcomers.extend(one for one in strangers if one.phone not in taken)
        known = [_known(one) for one in strangers if one.phone in taken]
        unread = [line for line in batch if isinstance(line, Skipped)]
        seen.skipped.extend(sorted([*known, *unread], key=lambda line: line.line))
    return seen


def _taken(connection: Connection, organization_id: UUID, phones: list[str]) -> set[str]:
    keys = [(organization_id, phone) for phone in phones]
    query = select(Address.value).where(among_theirs(connection, Address.value, keys))
    return set(connection.scalars(query))


def _known(one: Newcomer) -> Skipped:
    return Skipped(one.line, "existing", f"{one.phone} belongs to a contact already")
