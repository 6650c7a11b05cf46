"""Debian's Chromium before a server process; whoever has none is told that nothing was tested."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

from bot.people import sessions
from bot.people.accounts import Member
from bot.people.sessions import Browser as Agent
from bot.store.db import open_database
from tests.acceptance.processes import PROGRAMS, Process, eventually, free_port, surroundings
from tests.acceptance.sites import Site
from tests.browsers import PATIENCE, barriers_in_both_themes
from tests.console.conftest import add_member
from tests.world import World

WIDE, NARROW = (1280, 900), (375, 800)


@dataclass
class House:
    """A server process, and the world in its database."""

    url: str
    world: World
    members: dict[str, Member]


@pytest.fixture(scope="session")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server with an organization, and one person of each role."""
    folder = tmp_path_factory.mktemp("console")
    shutil.copy(sqlite_template, folder / "assent.db")
    with open_house(folder) as opened:
        yield opened


@contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """Start the server on the migrated, empty `assent.db` of a folder; it ends with the block."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = surroundings(
        folder,
        DATABASE_URL=f"sqlite:///{folder}/assent.db",
        PUBLIC_URL=url,
        SECRET_KEY="0123456789abcdef",
        TWILIO_ACCOUNT_SID="AC" + "a" * 32,
        TWILIO_AUTH_TOKEN="the-auth-token",
        TWILIO_API_URL="http://127.0.0.1:9",
    )
    line = f"{PROGRAMS}/granian --interface wsgi --port {port} --workers 1 --no-ws wsgi:app"
    web = Process("web", line, environment, folder)
    web.start()
    database = open_database(f"sqlite:///{folder}/assent.db")
    try:
        world = World(database)
        world.now = datetime.now(UTC)
        members = {role: add_member(world, role) for role in ("agent", "admin", "auditor")}
        eventually(lambda: Site(url).answers("/healthz"), "the server answers")
        yield House(url, world, members)
    finally:
        database.close()
        web.clear_away()


@dataclass
class Desk:
    """Somebody before a screen."""

    page: Page
    house: House
    complaints: list[str] = field(default_factory=list)

    def opens(self, path: str, status: int = 200) -> Page:
        """Go to a page of the console. An error page has no barriers either, and must be meant."""
        answer = self.page.goto(self.house.url + path)
        assert answer, path
        assert answer.status == status, (path, answer.status)
        return self.page

    def barriers(self) -> list[str]:
        """What keeps somebody from using the page, in light and in dark."""
        return barriers_in_both_themes(self.page)

    def too_wide(self) -> bool:
        """Whether the page must be scrolled sideways."""
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        for _ in range(20):
            if not self.page.evaluate(wide):
                return False
            self.page.wait_for_timeout(100)  # styles and scripts may still be at work
        return True


@contextmanager
def sitting(
    chromium: Browser, house: House, role: str | None, *,
    size: tuple[int, int] = WIDE, scripts: bool = True,
) -> Iterator[Desk]:  # fmt: skip
    """Somebody before a screen; complaints of the page and requests elsewhere are noted."""
    context = chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
        java_script_enabled=scripts,
    )
    if role:
        with house.world.database.writing() as connection:
            token = sessions.begin(
                connection, house.members[role], Agent("Chrome on Linux", ""), datetime.now(UTC)
            )
        context.add_cookies([{"name": "session", "value": token, "url": house.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    desk = Desk(page, house)
    _listen(desk)
    yield desk
    context.close()


def _listen(desk: Desk) -> None:
    def look(request: Request) -> None:
        if not request.url.startswith((desk.house.url, "data:")):
            desk.complaints.append(f"asked {request.url}")

    def hear(kind: str, text: str) -> None:
        # The browser itself notes every refusal that a person's mistake is answered with.
        if kind == "error" and "the server responded with a status of" not in text:
            desk.complaints.append(text)

    desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
    desk.page.on("console", lambda line: hear(line.type, line.text))
    desk.page.on("request", look)


Sits = Callable[..., Desk]


@pytest.fixture
def sits(chromium: Browser, house: House) -> Iterator[Sits]:
    """Let somebody sit down: `sits("admin", size=NARROW)`."""
    opened = []

    def sit(role: str | None, **more: object) -> Desk:
        chair = sitting(chromium, house, role, **more)  # type: ignore[arg-type]
        desk = chair.__enter__()
        opened.append((chair, desk))
        return desk

    yield sit
    for chair, desk in opened:
        chair.__exit__(None, None, None)
        assert desk.complaints == []
