"""The console as a browser without scripts meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event
from werkzeug.test import TestResponse

from bot.app import create_app
from bot.config import Settings
from bot.console.guard import csrf_of
from bot.people import accounts, passwords, sessions
from bot.people.accounts import Member
from bot.people.sessions import Browser as Agent
from bot.runtime import Runtime
from bot.store.bulk import Overtaken, insert_all
from bot.store.columns import new_id
from bot.store.models import Account
from tests.world import World

HOST = "consent.example.org"
COOKIE = "__Host-session"
PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}


class StoryClock:
    """Both clocks show the story's time."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self, connection: Connection | None = None) -> datetime:
        """The story's moment."""
        return self._world.now

    wall = now


class Browser:
    """Somebody's browser: keeps cookies, says where forms come from, and sends their token."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    @property
    def token(self) -> str | None:
        """The session's cookie."""
        cookie = self.client.get_cookie(COOKIE, HOST)
        return cookie.value if cookie else None

    def get(self, path: str, **more: Any) -> TestResponse:
        """Open a page."""
        headers = PAGE | more.pop("headers", {})
        return self.client.get(path, base_url=f"https://{HOST}", headers=headers, **more)

    def post(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form of this server's own page."""
        headers = PAGE | more.pop("headers", {})
        filled = {"csrf": csrf_of(self.token) if self.token else ""} | (form or {})
        return self.client.post(
            path, data=filled, base_url=f"https://{HOST}", headers=headers, **more
        )

    def keep(self, token: str) -> None:
        """Have signed in."""
        self.client.set_cookie(COOKIE, token, domain=HOST, secure=True)


@pytest.fixture(autouse=True, scope="session")
def quick_hashes() -> Iterator[None]:
    """Hash passwords at no cost: that they are costly is shown where they are made."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", quick)
        passwords.nobodys.cache_clear()
        yield
    passwords.nobodys.cache_clear()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        public_url=f"https://{HOST}",
        secret_key="0123456789abcdef",
        twilio_account_sid="AC" + "a" * 32,
        twilio_auth_token="the-auth-token",
    )


@pytest.fixture
def runtime(settings: Settings, world: World) -> Runtime:
    return Runtime(settings, world.database, StoryClock(world))


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return create_app(runtime)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser in which nobody has signed in."""
    return Browser(app)


def add_member(
    world: World, role: str = "agent", organization_id: UUID | None = None, email: str = "",
) -> Member:  # fmt: skip
    """Somebody with an account and no password: hashing one takes its time."""
    row = {
        "id": new_id(),
        "organization_id": organization_id or world.organization_id,
        "email": email or f"{role}@example.org",
        "role": role,
        "password_hash": "",
        "must_change_password": False,
        "disabled_at": None,
        "created_at": world.now,
    }
    with world.database.writing() as connection:
        insert_all(connection, Account, [row])
        member = accounts.member(connection, row["id"])  # type: ignore[arg-type]
    assert member
    return member


def signed_in(app: Flask, world: World, member: Member) -> Browser:
    """A browser in which somebody has signed in."""
    one = Browser(app)
    with world.database.writing() as connection:
        one.keep(sessions.begin(connection, member, Agent("Test", "there"), world.now))
    return one


@pytest.fixture
def overtaken_once(world: World) -> Iterator[Callable[[], None]]:
    """Lets somebody else be quicker than the next change, which is then made anew."""
    left: list[Overtaken] = []

    def overtake(connection: Connection) -> None:
        """Let what would be committed be undone."""
        if left and not connection.get_execution_options().get("readonly"):
            raise left.pop()

    event.listen(world.database.engine, "commit", overtake)
    yield lambda: left.append(Overtaken())
    event.remove(world.database.engine, "commit", overtake)
    assert not left, "nothing was changed at all"


@pytest.fixture
def as_role(app: Flask, world: World) -> Callable[[str], Browser]:
    """A browser in which somebody with that role has signed in."""
    return lambda role: signed_in(app, world, add_member(world, role))


@pytest.fixture
def agent(as_role: Callable[[str], Browser]) -> Browser:
    return as_role("agent")


@pytest.fixture
def admin(as_role: Callable[[str], Browser]) -> Browser:
    return as_role("admin")


@pytest.fixture
def auditor(as_role: Callable[[str], Browser]) -> Browser:
    return as_role("auditor")
