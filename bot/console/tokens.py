"""What other systems sign in with."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from bot.console.desk import ADMINS, OVERSEERS, Desk, Visit
from bot.console.forms import Faults
from bot.people import accounts


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/settings/tokens")
    def tokens() -> ResponseReturnValue:
        """List them, without their secrets."""
        return desk.read(partial(_list, desk), OVERSEERS)

    @blueprint.post("/settings/tokens")
    def add_token() -> ResponseReturnValue:
        """Make one, and show its secret this once."""
        return desk.attempt(partial(_add, desk), partial(_list, desk), ADMINS)

    @blueprint.post("/settings/tokens/<uuid:token_id>/revoke")
    def revoke_token(token_id: UUID) -> ResponseReturnValue:
        """Let one open nothing any more."""
        return desk.attempt(partial(_revoke, desk, token_id), partial(_list, desk), ADMINS)


def _list(
    desk: Desk, visit: Visit, errors: dict[str, str] | None = None, secret: str = ""
) -> str:  # fmt: skip
    rows = accounts.tokens(visit.connection, visit.member.organization_id)
    return desk.page(
        "tokens.html",
        errors=errors or {},
        name=request.form.get("name", ""),
        secret=secret,
        tokens=sorted(rows, key=lambda row: row.revoked_at is not None),
    )


def _add(desk: Desk, visit: Visit) -> ResponseReturnValue:
    faults, secret = Faults(), ""
    with faults.of("name"):
        secret = accounts.add_token(
            visit.connection, visit.member.organization_id, request.form.get("name", ""), visit.now
        )
    faults.stop()
    return _list(desk, visit, secret=secret)


def _revoke(desk: Desk, token_id: UUID, visit: Visit) -> ResponseReturnValue:
    rows = accounts.tokens(visit.connection, visit.member.organization_id)
    token = next((row for row in rows if row.id == token_id), None) or abort(404)
    accounts.revoke_token(visit.connection, token_id, visit.now)
    visit.say(f"{token.name} cannot call us any more.")
    return desk.to("tokens")
