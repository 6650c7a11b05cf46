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
from bot.store.models import Organization

FIELDS = ("name", "sms", "strangers", "language", "time_zone", "attempts", "messaging_limit")


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
        given=kept | _given() if errors else kept,
        zones=["UTC", *sorted(zoneinfo.available_timezones() - {"UTC"})],
        languages=LANGUAGES,
    )


def _change(desk: Desk, visit: Visit) -> ResponseReturnValue:
    faults, organization_id = Faults(), visit.member.organization_id
    for field, value in _given().items():
        with faults.of(field):
            organizations.change(visit.connection, organization_id, **{field: value})
    faults.stop()
    visit.say("Saved.")
    return desk.to("organization")


def _given() -> dict[str, Any]:
    return {
        **{name: request.form[name] for name in FIELDS if name in request.form},
        **_quiet_hours(),
        "whatsapp": request.form.get("whatsapp") == "on",
    }


def _quiet_hours() -> dict[str, str]:
    """Both ends as one setting; both left empty means none."""
    ends = [request.form.get(f"quiet_{end}", "").strip() for end in ("from", "until")]
    if "quiet_from" not in request.form:
        return {}
    return {"quiet_hours": "-".join(ends) if any(ends) else ""}
