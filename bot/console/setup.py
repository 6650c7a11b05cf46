"""What to paste where in the Twilio console, and whether it works by now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from bot.console.desk import OVERSEERS, Desk, Visit
from bot.console.guard import is_secure
from bot.console.workings import Workings, workings
from bot.conversations import house_texts
from bot.conversations.wording import word
from bot.people import organizations, senders
from bot.people.languages import nearest

RETRIES = "#rc=3&rp=all"
"""Makes Twilio come again when we could not take a message."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the ticks are drawn from."""

    workings: Workings
    whatsapp: bool
    senders: list[Row[Any]]
    without_template: list[str]
    secure: bool
    simulated: bool


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add this page to the console."""

    @blueprint.get("/settings/setup")
    def setup() -> ResponseReturnValue:
        """Show the sheet."""
        return desk.read(partial(_show, desk), OVERSEERS)

    @blueprint.get("/settings/setup/ticks")
    def setup_ticks() -> ResponseReturnValue:
        """Show the ticks alone, for a page that stays open."""
        return desk.read(partial(_ticks, desk), OVERSEERS, background=True)


def _show(desk: Desk, visit: Visit) -> str:
    settings, language = desk.runtime.settings, _language(visit)
    own = house_texts.newest(visit.connection, visit.member.organization_id)
    return desk.page(
        "setup.html",
        standing=_standing(desk, visit),
        inbound=f"{settings.public_url}/twilio/inbound{RETRIES}",
        account=settings.twilio_account_sid,
        tokens=len(settings.twilio_auth_token),
        api_key=settings.twilio_api_key,
        ask=word("ask", "contact", language, own, business="{{1}}"),
    )


def _ticks(desk: Desk, visit: Visit) -> str:
    return desk.page("setup_ticks.html", standing=_standing(desk, visit))


def _language(visit: Visit) -> str:
    found = organizations.find(visit.connection, str(visit.member.organization_id))
    return str(found.language)


def _standing(desk: Desk, visit: Visit) -> Standing:
    organization_id, language = visit.member.organization_id, _language(visit)
    ours = organizations.senders(visit.connection, organization_id)
    return Standing(
        workings=workings(visit.connection, organization_id, visit.wall),
        whatsapp=senders.policy(visit.connection, organization_id).whatsapp,
        senders=ours,
        without_template=[
            one.address for one in ours
            if one.channel == "whatsapp" and not nearest(language, one.templates)
        ],
        secure=is_secure(desk.runtime.settings),
        simulated=desk.runtime.settings.simulator,
    )  # fmt: skip
