"""What an organization decides: its name, channels, language and time zone."""

from __future__ import annotations

import zoneinfo
from functools import partial
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from bot.console.desk import ADMINS, OVERSEERS, Desk, Visit
from bot.console.forms import Faults
from bot.console.words import LANGUAGES
from bot.people import organizations
from bot.people.choices import MOST
from bot.store.models import Organization

LABELS = {
    "name": "Name",
    "language": "Language",
    "time_zone": "Time zone",
    "sms": "SMS",
    "strangers": "People who write first",
    "attempts": "Requests without an answer",
    "quiet_from": "Quiet from",
    "quiet_until": "Quiet until",
    "messaging_limit": "People in 24 hours",
}
"""What each field is called, on the page and where something is wrong with it."""

QUIET = ("quiet_from", "quiet_until")
"""Two fields that are one setting, `quiet_hours`."""

WHOLE = tuple(name for name in LABELS if name not in QUIET)
CHOSEN = ("language", "time_zone", "sms", "strangers")
COUNTED = ("attempts", "messaging_limit")

AMISS = {
    **{name: f"{LABELS[name]}: choose one of those that are offered." for name in CHOSEN},
    **{
        name: f"{LABELS[name]} must be a whole number of at most {MOST:,}; 0 is no limit."
        for name in COUNTED
    },
    "quiet_hours": "{} and {} must be two different times; leave both empty for none.".format(
        *(LABELS[name] for name in QUIET)
    ),
}
"""What is wrong with a setting, in the words of its field; else the mistake has words for all."""


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add this page to the console."""

    @blueprint.get("/settings")
    def organization() -> ResponseReturnValue:
        """Show the settings."""
        return desk.read(partial(_show, desk), OVERSEERS)

    @blueprint.post("/settings")
    def change_organization() -> ResponseReturnValue:
        """Change them."""
        return desk.attempt(partial(_change, desk), partial(_show, desk), ADMINS)


def _show(desk: Desk, visit: Visit, errors: dict[str, str] | None = None) -> str:
    query = select(*Organization.__table__.columns).where(
        Organization.id == visit.member.organization_id
    )
    kept = dict(visit.connection.execute(query).one()._mapping)
    return desk.page(
        "organization.html",
        errors=errors or {},
        labels=LABELS,
        given=kept | _given() if errors else kept,
        zones=["UTC", *sorted(zoneinfo.available_timezones() - {"UTC"})],
        languages=LANGUAGES,
    )


def _change(desk: Desk, visit: Visit) -> ResponseReturnValue:
    faults, organization_id = Faults(), visit.member.organization_id
    for field, value in _given().items():
        with faults.of(field, AMISS.get(field, "")):
            organizations.change(visit.connection, organization_id, **{field: value})
    faults.stop()
    visit.say("Saved.")
    return desk.to("organization")


def _given() -> dict[str, Any]:
    return {
        **{name: request.form[name] for name in WHOLE if name in request.form},
        **_quiet_hours(),
        "whatsapp": request.form.get("whatsapp") == "on",
    }


def _quiet_hours() -> dict[str, str]:
    """Both ends as one setting; both left empty means none."""
    ends = [request.form.get(name, "").strip() for name in QUIET]
    if QUIET[0] not in request.form:
        return {}
    return {"quiet_hours": "-".join(ends) if any(ends) else ""}
