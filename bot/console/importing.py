"""Contacts from a CSV file: looked at first, then taken in."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bot.console.desk import WRITERS, Desk, Visit
from bot.console.forms import content
from bot.people import file_preview
from bot.people.address_book import BATCH, add
from bot.people.contact_file import Newcomer, in_batches, read
from bot.people.mistakes import Mistake

LARGEST = 400_000
"""Bytes of a file that is shown before it is taken in; `flask contacts import` takes any."""

SHOWN = 100


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add the page that takes in a file."""

    @blueprint.get("/contacts/import", endpoint="contacts_import")
    def choose() -> ResponseReturnValue:
        """Show the form that takes a file of contacts."""
        return desk.read(lambda _: desk.page("contacts_import.html"), WRITERS)

    @blueprint.post("/contacts/import")
    def take() -> ResponseReturnValue:
        """Show what is in the file; once that is confirmed, add the contacts."""
        if "confirmed" in request.form:
            return desk.write(lambda visit: _import(desk, visit))
        return desk.read(lambda visit: _preview(desk, visit), WRITERS)


def _preview(desk: Desk, visit: Visit) -> ResponseReturnValue:
    region = request.form.get("region", "").strip()
    try:
        text = uploaded()
        seen = file_preview.look(
            visit.connection, visit.member.organization_id, text.splitlines(), region or None
        )
    except Mistake as error:
        return desk.page("contacts_import.html", error=str(error), region=region), 422
    return desk.page("contacts_import.html", seen=seen, text=text, region=region, most=SHOWN)


def uploaded() -> str:
    """The text of the file that was sent with the form. Raises `Mistake`."""
    given = content(LARGEST)
    if not given.strip():
        raise Mistake("Choose a CSV file that is not empty.")
    if len(given) > LARGEST:
        raise Mistake(
            f"The file is larger than {LARGEST // 1000} kB. Split it, or let an administrator "
            "take it in on the command line."
        )
    # Bytes that are not UTF-8 stay visible as such: the line they stand in is then refused.
    return given.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode("utf-8")


def _import(desk: Desk, visit: Visit) -> ResponseReturnValue:
    lines = request.form.get("text", "").splitlines()
    added = 0
    try:
        for batch in in_batches(read(lines, request.form.get("region") or None), BATCH):
            people = [line for line in batch if isinstance(line, Newcomer)]
            existing = add(visit.connection, visit.member.organization_id, people, visit.now)
            added += len(people) - len(existing)
    except Mistake as error:
        return desk.page("contacts_import.html", error=str(error)), 422
    visit.say(f"{added} {'contact was' if added == 1 else 'contacts were'} added.")
    return desk.to("contacts")
