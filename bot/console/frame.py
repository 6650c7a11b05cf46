"""What stands around every page: where one can go, who one is, and what the time is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, request
from sqlalchemy import Connection

from bot.console import trouble
from bot.console.moments import Moments, duration
from bot.console.zones import zone_of
from bot.people.accounts import ROLES
from bot.people.sessions import Signed
from bot.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Door:
    """A way to a page, and the roles that it is open to.

    `behind` is what the addresses of the pages behind it begin with.
    """

    words: str
    endpoint: str
    icon: str
    behind: tuple[str, ...]
    roles: tuple[str, ...] = ROLES

    @property
    def is_here(self) -> bool:
        """Whether the page that is shown is behind this door."""
        return request.path.startswith(self.behind)


DOORS = (
    Door("Contacts", "console.contacts", "people", ("/contacts", "/conversations")),
    Door("Bulk", "console.bulk", "send", ("/bulk",)),
    Door("Templates", "console.templates", "template", ("/templates",)),
    Door("Report", "console.report", "chart", ("/report",)),
    Door("Problems", "console.problems", "alert", ("/problems",), ("admin", "auditor")),
    Door("Settings", "console.organization", "gear", ("/settings",), ("admin", "auditor")),
)
"""The pages that every page leads to."""

SETTINGS = (
    Door("Organization", "console.organization", "building", ()),
    Door("Senders", "console.senders", "phone", ("/settings/senders",)),
    Door("Wording", "console.wording", "message", ("/settings/wording",)),
    Door("Team", "console.team", "people", ("/settings/team",)),
    Door("Access tokens", "console.tokens", "key", ("/settings/tokens",)),
    Door("Twilio setup", "console.setup", "plug", ("/settings/setup",)),
)
"""The pages behind Settings; none of the others is the first."""


def around(
    runtime: Runtime, connection: Connection, signed: Signed, now: datetime, wall: datetime
) -> dict[str, Any]:
    """What every page knows. `moments` tells the time of conversations, `real` the real one."""
    member = signed.member
    return {
        "member": member,
        "may_write": member.role != "auditor",
        "is_admin": member.role == "admin",
        "doors": open_to(member.role),
        "settings_doors": SETTINGS,
        "here": request.endpoint,
        "moments": Moments(zone_of(member), now),
        "real": Moments(zone_of(member), wall),
        "simulated": _simulated(runtime, now - wall),
        "troubled": _is_troubled(connection, signed),
    }


def open_to(role: str) -> list[Door]:
    """The doors that are open to a role, among the rooms that there are."""
    return [
        door for door in DOORS
        if role in door.roles and door.endpoint in current_app.view_functions
    ]  # fmt: skip


def _simulated(runtime: Runtime, ahead: timedelta) -> str | None:
    """What the badge of a simulation says."""
    if not runtime.settings.simulator:
        return None
    return f"Simulation, +{duration(ahead)}" if ahead >= timedelta(minutes=1) else "Simulation"


def _is_troubled(connection: Connection, signed: Signed) -> bool:
    """Whether there is anything under Problems that this role may see."""
    if signed.member.role == "agent":
        return False
    return trouble.is_any(connection, signed.member.organization_id)
