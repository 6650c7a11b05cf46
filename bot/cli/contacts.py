"""`flask contacts`: the address book."""

from __future__ import annotations

from dataclasses import asdict

import click

from bot.cli.printing import as_text, json_option
from bot.cli.runtime import current_runtime
from bot.cli.texts import open_text
from bot.cli.words import Noun
from bot.people import organizations
from bot.people.address_book import Report, import_contacts

contacts = Noun("contacts", help="The people whom an organization writes to.")


@contacts.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--org", required=True, metavar="ORG", help="Name or id of the organization.")
@click.option(
    "--region", metavar="DE", help="Country of numbers without a country code, in two letters."
)
@json_option
def import_file(file: str, org: str, region: str | None, as_json: bool) -> None:
    """Add the contacts of a CSV FILE (- for standard input).

    The first line names the columns: name, phone and, if wanted, language. A line that cannot be
    used is reported and stops no other. The exit code is 1 only when no line could be used.
    """
    runtime = current_runtime()
    with runtime.database.reading() as connection:
        owner = organizations.find(connection, org).id
    with open_text(file) as lines:
        report = import_contacts(runtime.database, owner, lines, region, runtime.clock.now())
    _show(report, as_json=as_json)
    counts = report.counts()
    if counts["unusable"] and counts["unusable"] == sum(counts.values()):
        raise SystemExit(1)


def _show(report: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(as_text({**report.counts(), "skipped": [asdict(one) for one in report.skipped]}))
        return
    for one in report.skipped:
        click.echo(f"line {one.line}: {one.words}", err=one.why == "unusable")
    counts = report.counts()
    click.echo(
        f"{counts['added']} added, {counts['existing']} there already, "
        f"{counts['repeated']} repeated in the file, {counts['unusable']} unusable."
    )
