"""`flask outbox`: messages whose fate is still ours to decide."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click
from sqlalchemy import Connection, select

from bot.cli.printing import json_option, show_all, show_one
from bot.cli.runtime import current_runtime
from bot.cli.who import logged_in
from bot.cli.words import Noun
from bot.messaging.resolve import Decision, resolve
from bot.people import organizations
from bot.store.models import Message

COLUMNS = (
    "id", "conversation_id", "status", "from_address", "to_address", "kind", "attempt", "due_at",
    "created_at", "error",
)  # fmt: skip
WAITING = ("queued", "sending", "unknown", "uncertain")
STATUSES = (*WAITING, "sent", "delivered", "read", "failed", "undelivered", "cancelled")

outbox = Noun("outbox", help="Messages that are not sent yet, or whose fate is unknown.")


@outbox.command("list")
@click.option(
    "--status", "statuses", type=click.Choice(STATUSES), multiple=True, default=WAITING,
    help="Only these; may be given again. Without it, all whose fate is still ours to decide.",
)  # fmt: skip
@click.option("--org", metavar="ORG", help="Only those of one organization.")
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=1000, show_default=True,
    help="How many at most, oldest first.",
)  # fmt: skip
@json_option
def waiting(statuses: tuple[str, ...], org: str | None, limit: int, as_json: bool) -> None:
    """List messages of ours, oldest first."""
    with current_runtime().database.reading() as connection:
        owner = organizations.find(connection, org).id if org else None
        rows = _messages(connection, statuses, owner, limit)
    show_all(rows, COLUMNS, as_json=as_json)


@outbox.command("resolve")
@click.argument("message_id", metavar="ID", type=click.UUID)
@click.option("--sent", "sid", metavar="SID", help="It was sent: its MessageSid, SM… or MM….")
@click.option("--send-again", is_flag=True, help="It was not sent: put it back into the queue.")
@click.option("--give-up", is_flag=True, help="Leave it: it counts as failed.")
@click.option("--by", help="Who decides, for the ledger. [default: whoever is logged in]")
@json_option
def decide(
    message_id: UUID,
    sid: str | None,
    send_again: bool,
    give_up: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Decide on the message ID, of which nobody could find out whether it was sent.

    Look in the Twilio console first: what is sent again may arrive twice. The decision is entered
    into the ledger.
    """
    chosen = [word for word, given in _words(sid, send_again, give_up) if given]
    if len(chosen) != 1:
        raise click.UsageError("Say one of: --sent SID, --send-again, --give-up.")
    runtime = current_runtime()
    decision = Decision(chosen[0], by or logged_in(), sid)  # type: ignore[arg-type]
    with runtime.database.writing() as connection:
        status = resolve(connection, message_id, decision, runtime.clock.now())
    show_one({"id": message_id, "status": status}, f"The message is {status}.", as_json=as_json)


def _words(sid: str | None, send_again: bool, give_up: bool) -> tuple[tuple[str, bool], ...]:
    return ("sent", sid is not None), ("send again", send_again), ("give up", give_up)


def _messages(
    connection: Connection, statuses: tuple[str, ...], owner: UUID | None, limit: int
) -> list[Any]:
    columns = [Message.__table__.c[name] for name in COLUMNS]
    query = select(*columns).where(Message.direction == "out", Message.status.in_(statuses))
    if owner:
        query = query.where(Message.organization_id == owner)
    query = query.order_by(Message.created_at, Message.id).limit(limit)
    return [row._mapping for row in connection.execute(query)]
