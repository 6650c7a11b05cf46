"""What everybody does for themselves: their password, and where they are signed in."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from bot.console import entrance
from bot.console.browsers import browser_name
from bot.console.desk import EVERYBODY, Desk, Visit
from bot.console.forms import Faults
from bot.people import accounts, one_time_codes, sessions
from bot.people.passwords import LONGEST, SHORTEST


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/account")
    def account() -> ResponseReturnValue:
        """Show where one is signed in, and how."""
        return desk.read(partial(_show, desk))

    @blueprint.post("/account/sessions/<uuid:session_id>/end")
    def end_session(session_id: UUID) -> ResponseReturnValue:
        """Sign out elsewhere."""
        return desk.write(lambda visit: _end(desk, visit, session_id), EVERYBODY)

    @blueprint.post("/account/sessions/end")
    def end_other_sessions() -> ResponseReturnValue:
        """Sign out everywhere else."""
        return desk.write(partial(_end_others, desk), EVERYBODY)

    @blueprint.get("/password")
    def password() -> ResponseReturnValue:
        """Ask for a new password."""
        return desk.read(lambda visit: _ask(desk, visit, {}), unsettled=True)

    @blueprint.post("/password")
    def change_password() -> ResponseReturnValue:
        """Take a new password."""
        again = partial(_ask, desk)
        if errors := entrance.doubt(desk, request.form.get("current", "")):
            return desk.read(lambda visit: (again(visit, errors), 422))
        return desk.attempt(partial(_change, desk), again, EVERYBODY, unsettled=True)


def _show(desk: Desk, visit: Visit) -> str:
    mine = visit.member.id
    return desk.page(
        "account.html",
        sessions=sessions.of_account(visit.connection, mine, visit.wall),
        this=visit.signed.id,
        second_step=one_time_codes.is_on(visit.connection, mine),
        codes_left=one_time_codes.codes_left(visit.connection, mine),
        browser_name=browser_name,
    )


def _end(desk: Desk, visit: Visit, session_id: UUID) -> ResponseReturnValue:
    if not sessions.end(visit.connection, visit.member.id, session_id):
        abort(404)
    visit.say("Signed out there.")
    return desk.to("account")


def _end_others(desk: Desk, visit: Visit) -> ResponseReturnValue:
    ended = sessions.end_all(visit.connection, visit.member.id, but=visit.signed.id)
    visit.say(f"Signed out in {ended} other places." if ended else "You were signed in here only.")
    return desk.to("account")


def _ask(desk: Desk, visit: Visit, errors: dict[str, str]) -> str:
    first = visit.member.must_change_password
    return desk.page(
        "password.html", errors=errors, first=first, shortest=SHORTEST, longest=LONGEST
    )


def _change(desk: Desk, visit: Visit) -> ResponseReturnValue:
    member = visit.member
    faults = Faults()
    with faults.of("password"):
        accounts.change_password(visit.connection, member.id, request.form.get("password", ""))
    faults.stop()
    sessions.end_all(visit.connection, member.id, but=visit.signed.id)
    visit.say("Your password is changed. Everywhere else you are signed out.")
    return desk.to("home")
