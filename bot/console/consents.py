"""Consents given elsewhere, from a CSV file: looked at first, then brought in."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bot.campaigns import consents
from bot.campaigns.consents import BATCH, Told
from bot.console.desk import WRITERS, Desk, Visit
from bot.console.importing import uploaded
from bot.console.words import reason_word
from bot.people import consent_file, senders
from bot.people.consent_file import Witness
from bot.people.contact_file import in_batches
from bot.people.csv_lines import Skipped
from bot.people.mistakes import Mistake
from bot.people.senders import House, house_of

SHOWN = 100


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add the page that takes in such a file."""

    @blueprint.get("/contacts/consents", endpoint="consents")
    def choose() -> ResponseReturnValue:
        """Show the form that takes the file."""
        return desk.read(lambda visit: _form(desk, visit), WRITERS)

    @blueprint.post("/contacts/consents", endpoint="consents_take")
    def take() -> ResponseReturnValue:
        """Show what is in the file; once that is confirmed, take the consents in."""
        if "confirmed" in request.form:
            return desk.attempt(
                lambda visit: _bring(desk, visit),
                lambda visit, errors: _form(desk, visit, errors[""]),
            )
        return desk.read(lambda visit: _preview(desk, visit), WRITERS)


def _form(desk: Desk, visit: Visit, error: str = "") -> str:
    policy = senders.policy(visit.connection, visit.member.organization_id)
    return desk.page("consents.html", error=error, policy=policy, given=request.form.to_dict())


def _preview(desk: Desk, visit: Visit) -> ResponseReturnValue:
    try:
        text, house = uploaded(), _house(visit)
        told = list(consents.look(visit.connection, house, _lines(visit, text), visit.now))
    except Mistake as mistake:
        return _form(desk, visit, str(mistake)), 422
    kept = [one for one in told if one.reason]
    return desk.page(
        "consents.html", told=told, text=text, kept=kept, most=SHOWN, words_of=_words,
        given=request.form.to_dict(), channel=house.channel,
    )  # fmt: skip


def _bring(desk: Desk, visit: Visit) -> ResponseReturnValue:
    house, told = _house(visit), list[Told]()
    for batch in in_batches(_lines(visit, request.form.get("text", "")), BATCH):
        told += consents.bring(visit.connection, house, batch, visit.member.email, visit.now)
    count = consents.counts(told)["imported"]
    visit.say(f"{count} {'consent was' if count == 1 else 'consents were'} brought in.")
    return desk.to("contacts")


def _lines(visit: Visit, text: str) -> Iterator[Witness | Skipped]:
    today = visit.now.astimezone(ZoneInfo(visit.member.time_zone)).date()
    region = request.form.get("region", "").strip() or None
    return consent_file.read(text.splitlines(), today, region)


def _house(visit: Visit) -> House:
    channel = "sms" if request.form.get("channel") == "sms" else "whatsapp"
    return house_of(visit.connection, visit.member.organization_id, channel)


def _words(one: Told) -> str:
    return one.words or reason_word(one.reason or "").says
