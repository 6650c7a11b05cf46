"""Bulk requests: which there are, how far each has come, and letting it pause, go on or end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from bot.campaigns import course
from bot.campaigns.progress import progress_of, progress_of_each
from bot.console.desk import Desk, Visit
from bot.console.moments import Moments
from bot.console.spreadsheet import as_csv
from bot.console.words import reason_word, state_word
from bot.console.zones import zone_of
from bot.conversations.held import Key
from bot.people.mistakes import Mistake

SHOWN = 100
SETTLED = ("refused", "failed")

STATUSES = {
    "preparing": ("Preparing", "info"),
    "running": ("Running", "info"),
    "paused": ("Paused", "warn"),
    "cancelled": ("Cancelled", "plain"),
    "done": ("Done", "good"),
}
"""The status of a bulk request in a word, and its tone."""

COLUMNS = ("line", "name", "number", "status", "reason", "explanation", "state now")


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/bulk")
    def bulk() -> ResponseReturnValue:
        """List them."""
        return desk.read(lambda visit: _list(desk, visit))

    @blueprint.get("/bulk/<uuid:campaign_id>")
    def bulk_show(campaign_id: UUID) -> ResponseReturnValue:
        """Show one."""
        return desk.read(lambda visit: desk.page("bulk_show.html", **_seen(visit, campaign_id)))

    @blueprint.get("/bulk/<uuid:campaign_id>/progress")
    def bulk_progress(campaign_id: UUID) -> ResponseReturnValue:
        """Show only how far it has come, to a page that is open already."""
        return desk.read(lambda visit: _progress(desk, visit, campaign_id), background=True)

    @blueprint.get("/bulk/<uuid:campaign_id>.csv")
    def bulk_csv(campaign_id: UUID) -> ResponseReturnValue:
        """Give everybody in it as a table."""
        return desk.read(lambda visit: _csv(visit, campaign_id))

    @blueprint.post("/bulk/<uuid:campaign_id>/<any(pause, resume, cancel):deed>")
    def bulk_do(campaign_id: UUID, deed: str) -> ResponseReturnValue:
        """Let it pause, go on or end."""
        return desk.write(lambda visit: _do(desk, visit, campaign_id, deed))


def words_of(row: Any) -> str:
    """Why somebody is not asked, in words."""
    return row.words or (reason_word(row.reason).says if row.reason else "")


def _list(desk: Desk, visit: Visit) -> str:
    organization_id = visit.member.organization_id
    campaigns = course.everyone(visit.connection, organization_id)
    keys = [(organization_id, one.id) for one in campaigns[:SHOWN]]
    found = progress_of_each(visit.connection, keys)
    counts = {campaign_id: found[owner, campaign_id] for owner, campaign_id in keys}
    return desk.page("bulk.html", campaigns=campaigns, counts=counts, statuses=STATUSES)


def _find(visit: Visit, campaign_id: UUID) -> tuple[Row[Any], Key]:
    try:
        found = course.find(visit.connection, campaign_id, visit.member.organization_id)
    except Mistake:
        abort(404)
    return found, (found.organization_id, campaign_id)


def _seen(visit: Visit, campaign_id: UUID) -> dict[str, Any]:
    campaign, key = _find(visit, campaign_id)
    progress = progress_of(visit.connection, key)
    return {
        "campaign": campaign,
        "progress": progress,
        "status": STATUSES[campaign.status],
        "may": course.may(campaign.status),
        "obstacle": reason_word(campaign.obstacle).says if campaign.obstacle else None,
        "states": [
            (state_word(state, campaign.channel), count)
            for state, count in sorted(progress.states.items())
        ],
        "reasons": [(reason_word(one).says, count) for one, count in progress.reasons.items()],
        "rows": course.first_rows(visit.connection, key, SETTLED)[:SHOWN],
        "words_of": words_of,
        "settled": sum(progress.statuses.get(one, 0) for one in SETTLED),
    }


def _progress(desk: Desk, visit: Visit, campaign_id: UUID) -> str:
    seen = _seen(visit, campaign_id)
    moments = Moments(zone_of(visit.member), visit.now)
    may_write = visit.member.role != "auditor"
    return desk.bare("bulk_progress.html", **seen, moments=moments, may_write=may_write)


def _csv(visit: Visit, campaign_id: UUID) -> ResponseReturnValue:
    _, key = _find(visit, campaign_id)
    return as_csv(_rows(visit, key), f"assent-bulk-{campaign_id}.csv")


def _rows(visit: Visit, key: Key) -> Iterator[tuple[object, ...]]:
    yield COLUMNS
    for row in course.rows(visit.connection, key):
        about = (row.place, row.name, row.address, row.status, row.reason, words_of(row))
        yield (*about, row.state)


def _do(desk: Desk, visit: Visit, campaign_id: UUID, deed: str) -> ResponseReturnValue:
    _, key = _find(visit, campaign_id)
    try:
        course.do(visit.connection, key, deed, visit.now)
    except Mistake as mistake:
        visit.say(str(mistake), "warn")
    return desk.to("bulk_show", campaign_id=campaign_id)
