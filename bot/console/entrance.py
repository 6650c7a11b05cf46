"""How somebody comes in: tries are counted, a session begins, a cookie is set."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from ipaddress import ip_address
from math import ceil

import structlog
from flask import Response, make_response, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from bot.console.desk import Desk
from bot.console.guard import cookie_name
from bot.console.moments import at_most
from bot.people import accounts, one_time_codes, sessions, throttle
from bot.people.accounts import Member
from bot.people.sessions import Browser
from bot.people.throttle import Limit

ACCOUNT = Limit(burst=10, seconds=60)
PLACE = Limit(burst=60, seconds=5)
"""Many people may sit behind one address."""
CODE = Limit(burst=5, seconds=60)

MANY = "Too many tries. Try again in {}."

log = structlog.get_logger()


def spend_try(desk: Desk, email: str) -> timedelta | None:
    """Count a try to sign in; when there were too many, how long to wait.

    Whether there is such an account makes no difference.
    """
    wall = desk.runtime.clock.wall()
    with desk.runtime.database.writing() as connection:
        wait = throttle.take(connection, f"place:{_ip_digest(desk)}", PLACE, wall)
        return wait or throttle.take(connection, _account(desk, email), ACCOUNT, wall)


def too_many(wait: timedelta) -> str:
    """What somebody reads who tried too often: by then another try is certain to be taken."""
    return MANY.format(at_most(wait))


def later(page: str, wait: timedelta) -> Response:
    """A page that says so, and the same for programs (429; RFC 6585, 4, and RFC 9110, 10.2.3)."""
    answer = make_response(page, 429)
    answer.headers["Retry-After"] = str(ceil(wait.total_seconds()))
    return answer


def return_try(desk: Desk, connection: Connection, email: str) -> None:
    """Take back a try that turned out well."""
    throttle.give_back(connection, _account(desk, email), ACCOUNT, desk.runtime.clock.wall())


def doubt(desk: Desk, password: str) -> dict[str, str]:
    """What is wrong when somebody who is in shows their password again; empty when nothing is.

    An unlocked screen must not be enough to take an account over.
    """
    member = desk.who().member
    if member.must_change_password:
        return {}
    if wait := spend_try(desk, member.email):
        return {"current": too_many(wait)}
    with desk.runtime.database.reading() as connection:
        if not accounts.member_of(connection, member.email, password, desk.runtime.clock.wall()):
            return {"current": "This is not your password."}
    with desk.runtime.database.writing() as connection:
        return_try(desk, connection, member.email)
    return {}


def let_in(desk: Desk, member: Member, after: str | None) -> Response:
    """Begin a session for somebody whose password or link was good, and lead them on.

    Any session that this browser had before ends: nobody can have planted it.
    """
    with desk.runtime.database.writing() as connection:
        return_try(desk, connection, member.email)
        awaits = "code" if one_time_codes.is_on(connection, member.id) else None
        token = begin(desk, connection, member, awaits)
    log.info("signed_in", account=str(member.id), awaits=awaits)
    path = url_for("console.code", next=after) if awaits else safe(after)
    return with_cookie(desk, redirect(path, 303), token)


def leave(desk: Desk) -> None:
    """End the session that this browser has, if any."""
    with desk.runtime.database.writing() as connection:
        _end(desk, connection)


def begin(desk: Desk, connection: Connection, member: Member, awaits: str | None) -> str:
    """Begin a session in place of the one that this browser has; gives back its token."""
    _end(desk, connection)
    browser = Browser(request.headers.get("User-Agent", ""), _ip_digest(desk))
    return sessions.begin(connection, member, browser, desk.runtime.clock.wall(), awaits)


def with_cookie(desk: Desk, answer: BaseResponse, token: str) -> Response:
    """Hand the session to the browser: not to scripts, and not to other sites."""
    given = Response(answer.response, answer.status_code, answer.headers)
    given.set_cookie(
        cookie_name(desk.secure), token,
        path="/", secure=desk.secure, httponly=True, samesite="Lax",
    )  # fmt: skip
    return given


def safe(path: str | None) -> str:
    """Where to go after signing in: a page of ours, whatever the address said."""
    inside = path and path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if path and inside and path.isprintable() else url_for("console.home")


def _end(desk: Desk, connection: Connection) -> None:
    signed = sessions.find(connection, desk.token, desk.runtime.clock.wall())
    if signed:
        sessions.end(connection, signed.member.id, signed.id)


def _account(desk: Desk, email: str) -> str:
    return f"account:{_keyed(desk, email.strip().lower())}"


def _ip_digest(desk: Desk) -> str:
    return _keyed(desk, place())


def _keyed(desk: Desk, text: str) -> str:
    key = desk.key.encode()
    return hmac.digest(key, text.encode("utf-8", "surrogateescape"), hashlib.sha256).hex()[:32]


def place() -> str:
    """Where somebody comes from. What a proxy beside us added last is believed, nothing else is."""
    direct = request.remote_addr or ""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
    try:
        beside_us = ip_address(direct).is_private
        return str(ip_address(forwarded)) if beside_us and forwarded else direct
    except ValueError:
        return direct
