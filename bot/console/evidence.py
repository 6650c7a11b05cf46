"""What a conversation's ledger proves, entry by entry, and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, select

from bot.console.contacts import find as find_contact
from bot.console.conversation import find
from bot.console.desk import Desk, Visit
from bot.console.proved import proved
from bot.conversations.held import Key
from bot.conversations.verification import Checked, check
from bot.store.models import Entry

ENTRIES = 200
"""How many entries a page shows; earlier ones are a click away."""


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add the page with the evidence of a conversation."""

    @blueprint.get("/conversations/<uuid:conversation_id>/evidence", endpoint="evidence")
    def show(conversation_id: UUID) -> ResponseReturnValue:
        """Show what a conversation's ledger holds, and whether it is unbroken."""
        return desk.read(lambda visit: _page(desk, visit, conversation_id))


def _page(desk: Desk, visit: Visit, conversation_id: UUID) -> str:
    found = find(visit, conversation_id)
    before = _before()
    rows = _entries(visit, found.key, before)
    return desk.page(
        "evidence.html",
        held=found,
        person=find_contact(visit, found.contact_id),
        entries=[proved(row) for row in rows],
        before=before,
        earlier=rows[0].seq if rows and rows[0].seq > 1 else None,
        verdict=_verdict(visit, found.key) if "verify" in request.args else None,
    )


def _before() -> int | None:
    given = request.args.get("before", "")
    return int(given[:9]) if given.isdecimal() else None


def _entries(visit: Visit, key: Key, before: int | None) -> Sequence[Row[Any]]:
    """The newest entries before that one, oldest first."""
    columns = Entry.seq, Entry.kind, Entry.at, Entry.body, Entry.personal
    query = select(*columns, Entry.previous, Entry.hash)
    query = query.where(Entry.organization_id == key[0], Entry.conversation_id == key[1])
    if before is not None:
        query = query.where(Entry.seq < before)
    return visit.connection.execute(query.order_by(Entry.seq.desc()).limit(ENTRIES)).all()[::-1]


def _verdict(visit: Visit, key: Key) -> tuple[str, list[str]]:
    """What came of verifying it, and each fault in a sentence."""
    (checked,) = check(visit.connection, [key])
    return _in_words(checked), [f"{fault[:1].upper()}{fault[1:]}." for fault in checked.faults]


def _in_words(checked: Checked) -> str:
    count = f"{checked.entries} {'entry' if checked.entries == 1 else 'entries'}"
    if checked.faults:
        return f"This evidence cannot be trusted. {count} checked, and this is wrong:"
    if not checked.entries:
        return "Unchanged: nothing has been entered yet."
    return f"Unchanged: {count}, each with the hash of the one before."
