"""`flask consent`: consent that was given elsewhere."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

import click

from bot.campaigns import consents
from bot.campaigns.consents import Told
from bot.cli.bulk_words import show_reasons
from bot.cli.printing import as_text, json_option
from bot.cli.runtime import current_runtime
from bot.cli.texts import open_text
from bot.cli.who import logged_in
from bot.cli.words import Noun
from bot.people import consent_file, organizations
from bot.people.senders import house_of

consent = Noun("consent", help="Consent that was given to the business elsewhere.")


@consent.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--org", required=True, metavar="ORG", help="Name or id of the organization.")
@click.option("--region", metavar="DE", help="Country of numbers without a country code.")
@click.option("--channel", type=click.Choice(("whatsapp", "sms")), default="whatsapp")
@click.option("--sender", metavar="ADDRESS", help="The sender that it was given to, of several.")
@click.option("--by", help="Who brings it in, for the ledger. [default: whoever is logged in]")
@click.option("--dry-run", is_flag=True, help="Say what would come of it, and change nothing.")
@json_option
def import_file(
    file: str, org: str, region: str | None, channel: str, sender: str | None, by: str | None,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Bring in the consents of a CSV FILE (- for standard input).

    The first line names the columns: phone, source, date (2026-05-31), evidence and, if wanted,
    name and language. Nobody is written to. Who has opted out stays so. A line that cannot be used
    is reported and stops no other; the exit code is 1 only when no line could be used.
    """
    runtime = current_runtime()
    now = runtime.clock.now()
    with runtime.database.reading() as connection:
        owner = organizations.find(connection, org)
        house = house_of(connection, owner.id, channel, sender)
    with open_text(file) as text:
        lines = consent_file.read(text, _today(now, owner.time_zone), region)
        if dry_run:
            with runtime.database.reading() as connection:
                told = list(consents.look(connection, house, lines, now))
        else:
            told = consents.bring_bit_by_bit(runtime.database, house, lines, by or logged_in(), now)
    _show(told, dry_run=dry_run, as_json=as_json)
    if told and all(one.reason == "unusable" for one in told):
        raise SystemExit(1)


def _today(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def _show(told: list[Told], *, dry_run: bool, as_json: bool) -> None:
    counted = consents.counts(told)
    if as_json:
        click.echo(as_text({**counted, "rows": [asdict(one) for one in told]}))
        return
    for one in told:
        if one.words:
            click.echo(f"line {one.line}: {one.words}", err=one.reason == "unusable")
    would = "would be brought in" if dry_run else "brought in"
    click.echo(f"{counted['imported']} {would}, {counted['refused']} not.")
    show_reasons(counted["reasons"])
