"""`flask bulk`: many contacts asked at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import click
from sqlalchemy import Connection

from bot.campaigns import beginning, course, forecast
from bot.campaigns.beginning import Plan
from bot.campaigns.candidates import Candidate, Finder
from bot.campaigns.progress import Progress, progress_of
from bot.cli import bulk_words
from bot.cli.printing import Decorated, as_text, json_option, show_all
from bot.cli.runtime import current_runtime
from bot.cli.texts import open_text
from bot.cli.who import logged_in
from bot.cli.words import Noun
from bot.people import contact_file, organizations
from bot.people.senders import House, house_of

COLUMNS = ("id", "status", "source", "sender", "asked_by", "basis", "obstacle", "created_at")

bulk = Noun("bulk", help="Ask many contacts for consent at once.")


def whom_options(command: Decorated) -> Decorated:
    """Give a command the options that say whom to ask, and from where."""
    options = (
        click.option(
            "--file", type=click.Path(exists=True, dir_okay=False, allow_dash=True),
            help="A CSV file that names them: name, phone and, if wanted, language.",
        ),
        click.option("--region", metavar="DE", help="Country of numbers without a country code."),
        click.option(
            "--state", default="", help="Contacts in a state, like no_answer, or wrote_first."
        ),
        click.option("--query", default="", help="Contacts whose name or number begins so."),
        click.option("--everybody", is_flag=True, help="The whole address book."),
        click.option("--channel", type=click.Choice(("whatsapp", "sms")), default="whatsapp"),
        click.option("--sender", metavar="ADDRESS", help="The sender that asks, of several."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@bulk.command()
@click.argument("organization", metavar="ORG")
@whom_options
@click.option("--basis", default="", help="Why you may write to them; kept as evidence.")
@click.option("--by", help="Who asks, for the ledger. [default: whoever is logged in]")
@click.option("--dry-run", is_flag=True, help="Say what would come of it, and ask nobody.")
@click.option("--watch", is_flag=True, help="Stay and show how far it has come.")
@json_option
def ask(organization: str, as_json: bool, **given: Any) -> None:
    """Ask the contacts of a FILE, or those that are found, from the organization ORG.

    The worker asks them bit by bit: within the sender's rate and the organization's messaging
    limit, and outside the quiet hours of each. With --dry-run nobody is asked.
    """
    if sum(map(bool, (given["file"], given["state"] or given["query"], given["everybody"]))) != 1:
        raise click.UsageError("Say whom: --file, --state and --query, or --everybody.")
    runtime = current_runtime()
    now = runtime.clock.now()
    with runtime.database.reading() as connection:
        owner = organizations.find(connection, organization).id
        house = house_of(connection, owner, given["channel"], given["sender"])
        candidates = list(_candidates(connection, house, given))
        if given["dry_run"]:
            prospects = forecast.look(connection, house, candidates, now)
            bulk_words.show_forecast(list(prospects), as_json=as_json)
            return
    plan = Plan(house, given["by"] or logged_in(), given["basis"], _source(given))
    campaign = beginning.begin_bit_by_bit(runtime.database, plan, candidates, now)
    if not as_json:
        click.echo(f"Bulk request {campaign[1]} has begun; the worker asks one after the other.")
    if given["watch"]:
        _watch(campaign[1])
    if as_json:
        _show(campaign[1], as_json=True)


@bulk.command("list")
@click.option("--org", metavar="ORG", help="Only those of one organization.")
@json_option
def everyone(org: str | None, as_json: bool) -> None:
    """List bulk requests, the newest first."""
    with current_runtime().database.reading() as connection:
        owner = organizations.find(connection, org).id if org else None
        rows = course.everyone(connection, owner)
    show_all([row._mapping for row in rows], COLUMNS, as_json=as_json)


@bulk.command()
@click.argument("campaign", type=click.UUID, metavar="ID")
@click.option("--watch", is_flag=True, help="Stay and show how far it has come.")
@click.option("--rows", "with_rows", is_flag=True, help="Every contact too.")
@json_option
def show(campaign: UUID, watch: bool, with_rows: bool, as_json: bool) -> None:
    """Show how far a bulk request has come."""
    if watch:
        _watch(campaign)
    _show(campaign, as_json=as_json, with_rows=with_rows)


def _deed(deed: str, words: str) -> None:
    @bulk.command(deed, help=words)
    @click.argument("campaign", type=click.UUID, metavar="ID")
    def command(campaign: UUID) -> None:
        """Do it, and show how far the bulk request has come."""
        runtime = current_runtime()
        now = runtime.clock.now()
        with runtime.database.writing() as connection:
            found = course.find(connection, campaign)
            course.do(connection, (found.organization_id, campaign), deed, now)
        _show(campaign, as_json=False)


_deed("pause", "Let nobody more be asked, until it is resumed.")
_deed("resume", "Go on with a bulk request that pauses.")
_deed("cancel", "End a bulk request; whoever was not asked yet is not asked by it.")


def _candidates(connection: Connection, house: House, given: dict[str, Any]) -> Iterator[Candidate]:
    if not given["file"]:
        yield from Finder(given["query"], given["state"]).candidates(connection, house)
        return
    with open_text(given["file"]) as lines:
        yield from contact_file.read(lines, given["region"])


def _source(given: dict[str, Any]) -> str:
    return given["file"] or str(Finder(given["query"], given["state"]))


def _watch(campaign: UUID) -> None:
    runtime = current_runtime()

    def look() -> tuple[Any, Progress, datetime]:
        """The bulk request, its progress and the moment."""
        now = runtime.clock.now()
        with runtime.database.reading() as connection:
            found = course.find(connection, campaign)
            return found, progress_of(connection, (found.organization_id, found.id)), now

    bulk_words.watch(look)


def _show(campaign: UUID, *, as_json: bool, with_rows: bool = False) -> None:
    with current_runtime().database.reading() as connection:
        found = course.find(connection, campaign)
        key = (found.organization_id, found.id)
        progress = progress_of(connection, key)
        rows: Iterable[Any] = list(course.rows(connection, key)) if with_rows else []
    if as_json:
        listed = {"rows": [dict(row._mapping) for row in rows]} if with_rows else {}
        click.echo(as_text({**found._mapping, **bulk_words.figures(progress), **listed}))
        return
    bulk_words.show_campaign(found, progress)
    bulk_words.show_rows(rows)
