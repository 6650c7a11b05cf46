"""Signing in by password and code, and signing out."""

from __future__ import annotations

import structlog
from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.console import entrance
from bot.console.desk import Desk, NotSignedIn
from bot.console.guard import cookie_name
from bot.people import accounts, one_time_codes, sessions, throttle
from bot.people.mistakes import Mistake
from bot.people.sessions import Signed

WRONG = "The e-mail address or the password is wrong."
WRONG_CODE = "This code is wrong, or was used already. Wait for the next one."

log = structlog.get_logger()


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/sign-in")
    def sign_in() -> ResponseReturnValue:
        """Ask who it is."""
        return _ask(desk)

    @blueprint.post("/sign-in")
    def check_password() -> ResponseReturnValue:
        """Let somebody in, or say that something is wrong, and never what."""
        return _check(desk, request.form.get("email", ""), request.form.get("password", ""))

    @blueprint.get("/sign-in/code")
    def code() -> ResponseReturnValue:
        """Ask for the code of the phone."""
        with desk.runtime.database.reading() as connection:
            _awaited(desk, connection)
        return _ask_code(desk)

    @blueprint.post("/sign-in/code")
    def check_code() -> ResponseReturnValue:
        """Let somebody in whose code fits."""
        return _check_code(desk, request.form.get("code", ""))

    @blueprint.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        """End the session, here and in the browser."""
        entrance.leave(desk)
        answer = make_response(redirect(url_for("console.sign_in"), 303))
        answer.delete_cookie(cookie_name(desk.secure), path="/", secure=desk.secure)
        answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return answer


def _check(desk: Desk, email: str, password: str) -> ResponseReturnValue:
    if wait := entrance.spend_try(desk, email):
        return entrance.later(_ask(desk, email, entrance.too_many(wait)), wait)
    try:
        with desk.runtime.database.reading() as connection:
            member = accounts.member_of(connection, email, password, desk.runtime.clock.wall())
    except Mistake as stale:
        return _ask(desk, email, str(stale)), 401
    if member is None:
        log.warning("sign_in_refused")
        return _ask(desk, email, WRONG), 401
    return entrance.let_in(desk, member, request.args.get("next"))


def _ask(desk: Desk, email: str = "", error: str = "") -> str:
    return desk.bare("sign_in.html", email=email, error=error, next=request.args.get("next"))


def _awaited(desk: Desk, connection: Connection) -> Signed:
    signed = sessions.find(connection, desk.token, desk.runtime.clock.wall())
    if signed is None or not signed.awaits:
        raise NotSignedIn
    return signed


def _check_code(desk: Desk, code: str) -> ResponseReturnValue:
    after, wall = request.args.get("next"), desk.runtime.clock.wall()
    with desk.runtime.database.writing() as connection:
        member = _awaited(desk, connection).member
        bucket = f"code:{member.id}"
        if wait := throttle.take(connection, bucket, entrance.CODE, wall):
            return entrance.later(_ask_code(desk, entrance.too_many(wait)), wait)
        if not one_time_codes.fits(connection, member.id, desk.key, code, wall):
            log.warning("code_refused", account=str(member.id))
            return _ask_code(desk, WRONG_CODE), 401
        throttle.give_back(connection, bucket, entrance.CODE, wall)
        token = entrance.begin(desk, connection, member, None)
    return entrance.with_cookie(desk, redirect(entrance.safe(after), 303), token)


def _ask_code(desk: Desk, error: str = "") -> str:
    return desk.bare("code.html", error=error, next=request.args.get("next"))
