"""`flask evidence`: what is kept as proof."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import click
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from sqlalchemy import func, select

from bot.cli.printing import as_text, json_option
from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.conversations.verification import Checked, verify
from bot.people import organizations
from bot.people.mistakes import Mistake
from bot.runtime import Runtime
from bot.store.models import Conversation

evidence = Noun("evidence", help="Check what is kept as proof.")


@evidence.command("verify")
@click.option("--org", metavar="ORG", help="Only one organization, by name or id.")
@click.option("--conversation", type=click.UUID, metavar="ID", help="Only one conversation.")
@json_option
def verify_all(org: str | None, conversation: UUID | None, as_json: bool) -> None:
    """Check that no entry was changed or is missing, and that the entries lead to every state.

    The exit code is 1 when anything is wrong; each such conversation is named.
    """
    runtime = current_runtime()
    owner, wrong, entries, count = _owner(runtime, org), 0, 0, 0
    total = _total(runtime, owner, conversation)
    if conversation and not total:
        raise Mistake(f"There is no conversation {conversation}.")
    broken: list[dict[str, Any]] = []
    for checked in _watched(verify(runtime.database, owner, conversation), total):
        count, entries = count + 1, entries + checked.entries
        if checked.faults:
            wrong += 1
            _report(checked, broken, as_json=as_json)
    summary = {"conversations": count, "entries": entries, "wrong": wrong, "faults": broken}
    click.echo(as_text(summary) if as_json else _in_words(count, entries, wrong))
    if wrong:
        raise SystemExit(1)


def _owner(runtime: Runtime, org: str | None) -> UUID | None:
    if org is None:
        return None
    with runtime.database.reading() as connection:
        found: UUID = organizations.find(connection, org).id
        return found


def _total(runtime: Runtime, owner: UUID | None, conversation: UUID | None) -> int:
    query = select(func.count()).select_from(Conversation)
    if owner:
        query = query.where(Conversation.organization_id == owner)
    if conversation:
        query = query.where(Conversation.id == conversation)
    with runtime.database.reading() as connection:
        return connection.scalar(query) or 0


def _watched(checked: Iterable[Checked], total: int) -> Iterator[Checked]:
    """Show on a terminal how far it is."""
    columns = (SpinnerColumn(), TextColumn("conversations"), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        yield from progress.track(checked, total=total)


def _report(checked: Checked, broken: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        broken.append({"conversation": checked.conversation_id, "faults": list(checked.faults)})
        return
    for fault in checked.faults:
        click.echo(f"conversation {checked.conversation_id}: {fault}")


def _in_words(count: int, entries: int, wrong: int) -> str:
    looked_at = f"{entries} entries of {count} conversations checked"
    if wrong:
        return f"{looked_at}: {wrong} conversations cannot be trusted."
    return f"{looked_at}: unchanged, none missing, and every state follows."
