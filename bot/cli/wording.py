"""`flask wording`: what contacts and agents of an organization read."""

from __future__ import annotations

import sys
from typing import Any

import click
from sqlalchemy import Row

from bot.cli.printing import as_text, json_option, show_all, show_one
from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.conversations import house_texts, rewording
from bot.conversations.proofreading import faults
from bot.conversations.rewording import Standing
from bot.conversations.wording import OwnWording, fill
from bot.messaging.segments import measure
from bot.people import organizations
from bot.people.languages import read_language

COLUMNS = ("name", "reader", "language", "own", "version", "sms_parts", "text")
FAULTS = ("language", "name", "fault")
VERSIONS = ("version", "changed_at", "changed_by", "text")
BY = "command line"

wording = Noun("wording", help="What contacts and agents of an organization read.")

in_language = click.option(
    "--language", metavar="TAG", help="Like de or pt-BR; unless given, the organization's."
)
of_org = click.argument("organization", metavar="ORG")


@wording.command("list")
@of_org
@in_language
@json_option
def everything(organization: str, language: str | None, as_json: bool) -> None:
    """List the texts of ORG (a name or an id) in a language."""
    house, own = _read(organization)
    found = rewording.standing(own, read_language(language or house.language))
    show_all([_row(one, house.name) for one in found], COLUMNS, as_json=as_json)


@wording.command()
@of_org
@click.argument("name")
@in_language
@json_option
def show(organization: str, name: str, language: str | None, as_json: bool) -> None:
    """Show the text NAME of ORG, and the versions that it had there."""
    house, own = _read(organization)
    tag = read_language(language or house.language)
    found = rewording.named(own, tag, name)
    with current_runtime().database.reading() as connection:
        kept = house_texts.history(connection, house.id, tag, name)
    versions = [{column: row._mapping[column] for column in VERSIONS} for row in kept]
    if as_json:
        click.echo(as_text(_row(found, house.name) | {"versions": versions}))
        return
    click.echo(found.wording.text)
    if versions:
        show_all(versions, VERSIONS, as_json=False)


@wording.command("set")
@of_org
@click.argument("name")
@click.argument("text")
@in_language
@json_option
def change(organization: str, name: str, text: str, language: str | None, as_json: bool) -> None:
    """Put TEXT in place of ours for the text NAME of ORG; `-` reads it from standard input."""
    text = sys.stdin.read() if text == "-" else text
    runtime = current_runtime()
    with runtime.database.writing() as connection:
        house = organizations.find(connection, organization)
        tag = language or house.language
        changed = rewording.reword(
            connection, house.id, tag, name, text, BY, runtime.clock.now()
        )  # fmt: skip
    _show_changed(
        organization, language, name, "Changed" if changed else "It says so already:", as_json
    )


@wording.command()
@of_org
@click.argument("name")
@in_language
@json_option
def reset(organization: str, name: str, language: str | None, as_json: bool) -> None:
    """Put ours back for the text NAME of ORG. Its versions are kept."""
    runtime = current_runtime()
    with runtime.database.writing() as connection:
        house = organizations.find(connection, organization)
        tag = language or house.language
        rewording.restore(connection, house.id, tag, name, BY, runtime.clock.now())
    _show_changed(organization, language, name, "Ours again:", as_json)


@wording.command()
@of_org
@in_language
@json_option
def check(organization: str, language: str | None, as_json: bool) -> None:
    """Proofread the texts of ORG, in one language or in all. The exit code is 1 on a fault."""
    house, own = _read(organization)
    tags = [read_language(language)] if language else rewording.spoken(own)
    found = [
        {"language": tag, "name": one.name, "fault": fault}
        for tag in tags
        for one in rewording.standing(own, tag)
        for fault in faults(one.name, one.wording.language, one.wording.text, house.name)
    ]
    show_all(found, FAULTS, as_json=as_json)
    if found:
        raise SystemExit(1)


def _row(one: Standing, business: str) -> dict[str, Any]:
    said = one.wording
    return {
        "name": one.name, "reader": one.reader, "language": said.language, "own": said.own,
        "version": said.version, "sms_parts": _sms_parts(one, business), "text": said.text,
    }  # fmt: skip


def _sms_parts(one: Standing, business: str) -> int | None:
    """The parts that a contact's text takes as an SMS; agents read no SMS."""
    if one.reader == "agent":
        return None
    return measure(fill(one.wording.text, business=business)).segments


def _read(organization: str) -> tuple[Row[Any], OwnWording]:
    """An organization, and the texts that it has put in place of ours."""
    with current_runtime().database.reading() as connection:
        house = organizations.find(connection, organization)
        return house, house_texts.newest(connection, house.id)


def _show_changed(
    organization: str, language: str | None, name: str, words: str, as_json: bool
) -> None:
    house, own = _read(organization)
    tag = language or house.language
    found = rewording.named(own, read_language(tag), name)
    show_one(
        _row(found, house.name), f"{words} {name} in {tag}: {found.wording.text}", as_json=as_json
    )
