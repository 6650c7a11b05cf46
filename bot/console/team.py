"""Those who sign in to an organization."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

import structlog
from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from bot.console.desk import ADMINS, OVERSEERS, Desk, Visit
from bot.console.forms import Faults
from bot.people import accounts, members, one_time_codes, one_time_links, sessions
from bot.people.accounts import ROLES
from bot.people.members import Colleague
from bot.store.models import Account

ROLE_WORDS = {
    "agent": "Asks contacts and writes to them",
    "admin": "Sets up besides: senders, team, access tokens",
    "auditor": "Sees everything and changes nothing",
}

log = structlog.get_logger()

Deed = Callable[[Visit, Colleague], str]
"""Does something to somebody, and says what was done."""


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/settings/team")
    def team() -> ResponseReturnValue:
        """List everybody."""
        return desk.read(partial(_list, desk), OVERSEERS)

    @blueprint.post("/settings/team")
    def add_member() -> ResponseReturnValue:
        """Add somebody, and show their link this once."""
        return desk.attempt(partial(_add, desk), partial(_list, desk), ADMINS)

    @blueprint.get("/settings/team/<uuid:account_id>")
    def team_member(account_id: UUID) -> ResponseReturnValue:
        """Show one of them."""
        return desk.read(partial(_show, desk, account_id), OVERSEERS)

    @blueprint.post("/settings/team/<uuid:account_id>/link")
    def link_member(account_id: UUID) -> ResponseReturnValue:
        """Make a link for somebody who cannot sign in, and show it this once."""
        return desk.attempt(
            partial(_link, desk, account_id), partial(_show, desk, account_id), ADMINS
        )

    @blueprint.post("/settings/team/<uuid:account_id>/<deed>")
    def do_to_member(account_id: UUID, deed: str) -> ResponseReturnValue:
        """Change a role, disable, enable, sign out, take the second step off."""
        work = DEEDS.get(deed) or abort(404)
        return desk.attempt(
            partial(_do, desk, account_id, work), partial(_show, desk, account_id), ADMINS
        )


def _list(
    desk: Desk, visit: Visit, errors: dict[str, str] | None = None
) -> str:  # fmt: skip
    return desk.page(
        "team.html",
        errors=errors or {},
        given=request.form,
        team=members.colleagues(visit.connection, visit.member.organization_id, visit.wall),
        roles=ROLE_WORDS,
    )


def _find(visit: Visit, account_id: UUID) -> Colleague:
    found = members.find(visit.connection, visit.member.organization_id, account_id, visit.wall)
    return found or abort(404)


def _show(
    desk: Desk, account_id: UUID, visit: Visit, errors: dict[str, str] | None = None, link: str = ""
) -> str:
    one = _find(visit, account_id)
    return desk.page("team_member.html", one=one, errors=errors or {}, link=link, roles=ROLE_WORDS)


def _add(desk: Desk, visit: Visit) -> ResponseReturnValue:
    faults, role = Faults(), request.form.get("role", "")
    email = request.form.get("email", "").strip().lower()
    with faults.of("email" if role in ROLES else "role"):
        accounts.add_user(visit.connection, visit.member.organization_id, email, role, visit.now)
    faults.stop()
    account_id = visit.connection.scalars(select(Account.id).where(Account.email == email)).one()
    log.info("member_added", account=str(account_id), role=role, by=str(visit.member.id))
    return _link(desk, account_id, visit)


def _link(desk: Desk, account_id: UUID, visit: Visit) -> ResponseReturnValue:
    _find(visit, account_id)
    members.demand_another(visit.member, account_id, "make a link for yourself")
    secret = one_time_links.make(visit.connection, account_id, visit.wall)
    log.info("link_made", account=str(account_id), by=str(visit.member.id))
    path = url_for("console.link", secret=secret)
    return _show(desk, account_id, visit, link=f"{desk.runtime.settings.public_url}{path}")


def _do(desk: Desk, account_id: UUID, deed: Deed, visit: Visit) -> ResponseReturnValue:
    one = _find(visit, account_id)
    visit.say(deed(visit, one))
    log.info("member_changed", account=str(one.id), by=str(visit.member.id), path=request.path)
    return desk.to("team_member", account_id=one.id)


def _change_role(visit: Visit, one: Colleague) -> str:
    role = request.form.get("role", "")
    members.change_role(visit.connection, visit.member, one.id, role)
    return f"{one.email} is {role} now."


def _disable(visit: Visit, one: Colleague) -> str:
    members.disable(visit.connection, visit.member, one.id, visit.wall)
    return f"{one.email} is disabled, and signed out everywhere."


def _enable(visit: Visit, one: Colleague) -> str:
    members.enable(visit.connection, one.id)
    return f"{one.email} may sign in again."


def _sign_out(visit: Visit, one: Colleague) -> str:
    sessions.end_all(visit.connection, one.id)
    return f"{one.email} is signed out everywhere."


def _forget_second_step(visit: Visit, one: Colleague) -> str:
    members.demand_another(visit.member, one.id, "take your own second step off here")
    one_time_codes.forget(visit.connection, one.id)
    sessions.end_all(visit.connection, one.id)
    return f"{one.email} signs in without a code now, and can turn the second step on again."


DEEDS: dict[str, Deed] = {
    "role": _change_role,
    "disable": _disable,
    "enable": _enable,
    "sign-out": _sign_out,
    "second-step": _forget_second_step,
}
