"""Who is at the desk, and one transaction for each thing that they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from bot.console import frame
from bot.console.forms import WHOLE, Wrong
from bot.console.guard import cookie_name, csrf_of, is_secure
from bot.people import sessions
from bot.people.accounts import ROLES, Member
from bot.people.mistakes import Mistake
from bot.people.sessions import Say, Signed
from bot.runtime import Runtime
from bot.store.bulk import Overtaken

EVERYBODY = ROLES
WRITERS = ("agent", "admin")
ADMINS = ("admin",)
OVERSEERS = ("admin", "auditor")
"""Those who may see how the organization is set up."""

TRIES = 3
UNSETTLED = "console.password"
"""The page that somebody with a one-time password is led to, whatever they ask for."""

log = structlog.get_logger()


class NotSignedIn(Exception):
    """Nobody has signed in."""


@dataclass(slots=True)
class Visit:
    """One request of somebody who has signed in, in its transaction.

    `now` is the moment that conversations live by, `wall` the real one.
    """

    connection: Connection
    signed: Signed
    now: datetime
    wall: datetime
    said: list[Say] = field(default_factory=list)

    @property
    def member(self) -> Member:
        """Who it is."""
        return self.signed.member

    def say(self, words: str, kind: str = "good") -> None:
        """Let the next page say something once; `kind`: good, info, warn or bad."""
        self.said.append({"kind": kind, "words": words})


Roles = tuple[str, ...]
Work = Callable[[Visit], ResponseReturnValue]
Again = Callable[[Visit, dict[str, str]], str]
"""Shows a form once more, with what was wrong in each field."""


class Desk:
    """Runs what somebody does at the console, when they have signed in and their role allows it.

    The organization is `visit.member.organization_id`: a view asks for nothing outside it.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.secure = is_secure(runtime.settings)

    @property
    def key(self) -> str:
        """The server's own secret."""
        key = self.runtime.settings.secret_key
        return key.get_secret_value() if key else ""

    @property
    def token(self) -> str:
        """What the session's cookie holds; empty when there is none."""
        return request.cookies.get(cookie_name(self.secure), "")

    def read(
        self, work: Work, roles: Roles = EVERYBODY, *,
        background: bool = False, unsettled: bool = False,
    ) -> ResponseReturnValue:  # fmt: skip
        """Show something. In the `background` nobody is there: the session grows older.

        `unsettled`: with a one-time password too.
        """
        with self.runtime.database.reading() as connection:
            visit = self._visit(connection)
            self._demand(visit, roles, unsettled)
            answer = work(visit)
        if not background:
            self._note(visit)
        return answer

    def write(
        self, work: Work, roles: Roles = WRITERS, *, unsettled: bool = False
    ) -> ResponseReturnValue:
        """Change something, all of it or nothing. `unsettled`: with a one-time password too."""
        for left in reversed(range(TRIES)):
            try:
                return self._write_once(work, roles, unsettled)
            except Overtaken:
                if not left:
                    raise
        raise AssertionError("unreachable")

    def attempt(
        self, work: Work, again: Again, roles: Roles = WRITERS, *, unsettled: bool = False
    ) -> ResponseReturnValue:
        """Change something by a form; on a mistake change nothing and show the form again."""
        try:
            return self.write(work, roles, unsettled=unsettled)
        except Wrong as wrong:
            errors = wrong.errors
        except Mistake as mistake:
            errors = {WHOLE: str(mistake)}
        return self.read(lambda visit: (again(visit, errors), 422), roles, unsettled=unsettled)

    def who(self) -> Signed:
        """Who has signed in. Raises `NotSignedIn`."""
        wall = self.runtime.clock.wall()
        with self.runtime.database.reading() as connection:
            return self._signed(connection, wall)

    def page(self, name: str, /, **context: Any) -> str:
        """A page in its frame, with what was left to say on it."""
        visit: Visit = g.visit
        g.shown = True
        around = frame.around(self.runtime, visit.connection, visit.signed, visit.now, visit.wall)
        return self.bare(name, **around, said=[*visit.signed.messages, *visit.said], **context)

    def bare(self, name: str, /, **context: Any) -> str:
        """A page, or a part of one, for somebody who may not have signed in."""
        token = csrf_of(self.token)
        field = Markup('<input type="hidden" name="csrf" value="{}">').format(token)
        return render_template(name, csrf=lambda: field, csrf_token=token, **context)

    def to(self, endpoint: str, **values: Any) -> ResponseReturnValue:
        """Lead to another page: `to("contacts", q="jo")`."""
        return redirect(url_for(f"console.{endpoint}", **values), 303)

    def _write_once(self, work: Work, roles: Roles, unsettled: bool) -> ResponseReturnValue:
        with self.runtime.database.writing() as connection:
            visit = self._visit(connection)
            self._demand(visit, roles, unsettled)
            answer = work(visit)
            shown = g.pop("shown", False)
            if visit.said and not shown:
                sessions.say(connection, visit.signed.id, [*visit.signed.messages, *visit.said])
            sessions.touch(connection, visit.signed.id, visit.wall)
        return answer

    def _visit(self, connection: Connection) -> Visit:
        now, wall = self.runtime.clock.now(connection), self.runtime.clock.wall()
        visit = g.visit = Visit(connection, self._signed(connection, wall), now, wall)
        return visit

    def _signed(self, connection: Connection, wall: datetime) -> Signed:
        signed = sessions.find(connection, self.token, wall) if self.token else None
        if signed is None or signed.awaits:
            raise NotSignedIn
        return signed

    def _demand(self, visit: Visit, roles: Roles, unsettled: bool) -> None:
        member = visit.member
        if member.must_change_password and not unsettled:
            abort(redirect(url_for(UNSETTLED), 303))
        if member.role not in roles:
            log.warning("not_allowed", account=str(member.id), path=request.path)
            words = f"This is not for the role {member.role}. Ask an admin of your organization."
            abort(403, words)

    def _note(self, visit: Visit) -> None:
        """Note that somebody was here, and that what was left to say has been said."""
        shown = g.pop("shown", False) and visit.signed.messages
        if not shown and visit.wall - visit.signed.seen_at < sessions.MOMENT:
            return
        with self.runtime.database.writing() as connection:
            if shown:
                sessions.say(connection, visit.signed.id, [])
            sessions.touch(connection, visit.signed.id, visit.wall)
