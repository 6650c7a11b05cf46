"""A new bulk request: whom, on what basis, what would come of it; and then it begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bot.campaigns import beginning, forecast, room
from bot.campaigns.beginning import Plan
from bot.campaigns.candidates import Candidate, Finder, few
from bot.campaigns.forecast import Prospect
from bot.console import once
from bot.console.asking import chosen_basis
from bot.console.desk import WRITERS, Desk, Visit
from bot.console.forms import file_name
from bot.console.importing import uploaded
from bot.console.spreadsheet import as_csv
from bot.console.words import BASES, chips, reason_word
from bot.people import contact_file, senders
from bot.people.mistakes import Mistake
from bot.people.senders import House, house_of

SHOWN = 100
COLUMNS = ("line", "name", "number", "outcome", "reason", "explanation", "from")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says: whom, by which channel, and on what basis."""

    house: House
    candidates: list[Candidate]
    source: str
    text: str
    basis: str


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/bulk/new", endpoint="bulk_new")
    def choose() -> ResponseReturnValue:
        """Show the form on which contacts are chosen."""
        return desk.read(lambda visit: _form(desk, visit, request.args.to_dict()), WRITERS)

    @blueprint.post("/bulk/new", endpoint="bulk_begin")
    def begin() -> ResponseReturnValue:
        """Show whom a bulk request would reach; once that is confirmed, begin it."""
        if "confirmed" in request.form:
            return desk.attempt(
                lambda visit: _begin(desk, visit),
                lambda visit, errors: _form(desk, visit, request.form.to_dict(), errors[""]),
            )
        return desk.read(lambda visit: _preview(desk, visit), WRITERS)


def _form(desk: Desk, visit: Visit, given: dict[str, str], error: str = "") -> str:
    policy = senders.policy(visit.connection, visit.member.organization_id)
    return desk.page(
        "bulk_new.html", given=given, error=error, bases=BASES, policy=policy,
        chips=chips(policy.strangers, given.get("state", "")),
    )  # fmt: skip


def _preview(desk: Desk, visit: Visit) -> ResponseReturnValue:
    try:
        asked = _read(visit)
    except Mistake as mistake:
        return _form(desk, visit, request.form.to_dict(), str(mistake)), 422
    prospects = list(forecast.look(visit.connection, asked.house, asked.candidates, visit.now))
    if "csv" in request.form:
        return as_csv(_table(prospects), "assent-bulk-preview.csv")
    reach, _ = room.in_reach(visit.connection, asked.house, visit.now)
    return desk.page(
        "bulk_preview.html", asked=asked, counts=Counter(one.outcome for one in prospects),
        reasons=_reasons(prospects), kept=[one for one in prospects if one.outcome != "asked"],
        reach=reach, given=request.form.to_dict(), key=once.new_key(), most=SHOWN, words_of=_words,
    )  # fmt: skip


def _begin(desk: Desk, visit: Visit) -> ResponseReturnValue:
    asked = _read(visit)
    key = request.form.get("key", "")
    if not once.is_first(visit.connection, asked.house.organization_id, key, visit.now):
        return desk.to("bulk")
    plan = Plan(asked.house, visit.member.email, asked.basis, asked.source)
    campaign = beginning.begin(visit.connection, plan, asked.candidates, visit.now)
    visit.say("The bulk request has begun.")
    return desk.to("bulk_show", campaign_id=campaign[1])


def _read(visit: Visit) -> Asked:
    """Read the form. Raises `Mistake`."""
    basis, error = chosen_basis()
    if request.form.get("basis_given"):
        basis, error = request.form["basis_given"], ""
    if error:
        raise Mistake(error)
    channel = "sms" if request.form.get("channel") == "sms" else "whatsapp"
    house = house_of(visit.connection, visit.member.organization_id, channel)
    if request.form.get("whom") == "found":
        finder = Finder(request.form.get("q", "").strip()[:200], request.form.get("state", ""))
        found = finder.candidates(visit.connection, house)
        return Asked(house, few(found), str(finder), "", basis)
    # Once more from the page that showed what would come of it, which holds the file's text.
    text = request.form.get("text") or uploaded()
    source = request.form.get("source") or file_name() or "a file"
    lines = contact_file.read(text.splitlines(), request.form.get("region", "").strip() or None)
    return Asked(house, few(lines), source[:200], text, basis)


def _reasons(prospects: Sequence[Prospect]) -> list[tuple[str, int]]:
    reasons = Counter(one.reason for one in prospects if one.reason)
    return [(reason_word(reason).says, count) for reason, count in sorted(reasons.items())]


def _words(one: Prospect) -> str:
    return one.words or (reason_word(one.reason).says if one.reason else "")


def _table(prospects: Iterable[Prospect]) -> Iterator[tuple[object, ...]]:
    yield COLUMNS
    for one in prospects:
        about = (one.line, one.name, one.address, one.outcome, one.reason, _words(one))
        yield (*about, one.allowed_at)
