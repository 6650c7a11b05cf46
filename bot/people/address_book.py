"""Taking the contacts of a file into an organization's address book, a batch in a transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from bot.people import joining
from bot.people.contact_file import Newcomer, Skipped, in_batches, read
from bot.store.db import Database

BATCH = 500
"""Lines in one transaction: webhooks wait no longer than for one batch."""


@dataclass(slots=True)
class Report:
    """What came of a file: how many contacts were added, and which lines brought none."""

    added: int = 0
    skipped: list[Skipped] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many lines were added, existing, repeated and unusable."""
        why = Counter(line.why for line in self.skipped)
        return {"added": self.added} | {
            name: why[name] for name in ("existing", "repeated", "unusable")
        }  # fmt: skip


def import_contacts(
    database: Database, organization_id: UUID, lines: Iterable[str], region: str | None,
    now: datetime,
) -> Report:  # fmt: skip
    """Take in every usable line of a file, committing each batch. Raises what `read` raises."""
    report = Report()
    for batch in in_batches(read(lines, region), BATCH):
        newcomers = [line for line in batch if isinstance(line, Newcomer)]
        with database.writing() as connection:
            existing = add(connection, organization_id, newcomers, now)
        report.added += len(newcomers) - len(existing)
        unread = [line for line in batch if isinstance(line, Skipped)]
        report.skipped += sorted(unread + existing, key=lambda line: line.line)
    return report


def add(
    connection: Connection, organization_id: UUID, newcomers: Sequence[Newcomer], now: datetime
) -> list[Skipped]:
    """Add those whose number no contact of this organization has; gives back the others.

    No two of the newcomers have the same number.
    """
    strangers = [joining.Newcomer(one.name, one.phone, language=one.language) for one in newcomers]
    joined = joining.join(connection, organization_id, strangers, now)
    return [
        Skipped(one.line, "existing", f"{one.phone} belongs to a contact already")
        for one in newcomers
        if not joined[one.phone].new
    ]
