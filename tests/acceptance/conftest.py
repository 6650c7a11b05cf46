"""Real processes on each database, shared by all tests that disturb nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.acceptance.town import Organization, Town

SHOWN = 6_000
"""Characters of each log that a failing test prints."""

FAILED = pytest.StashKey[bool]()
"""Whether a test has failed, which then left its town in any state."""


@pytest.fixture(scope="session")
def sqlite_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """An installation on SQLite, for all tests."""
    folder = tmp_path_factory.mktemp("town-sqlite")
    running = Town.start(f"sqlite:///{folder}/assent.db", folder)
    yield running
    running.end()


@pytest.fixture(scope="session")
def postgresql_town(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """An installation on PostgreSQL, for all tests."""
    running = Town.start(new_database(postgres, "town"), tmp_path_factory.mktemp("town-postgresql"))
    yield running
    running.end()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest) -> Town:
    """A whole installation on each database; tests use contacts of their own."""
    running: Town = request.getfixturevalue(f"{request.param}_town")
    return running


@pytest.fixture
def acme(town: Town) -> Organization:
    """An organization that may use WhatsApp, and SMS after a disclaimer."""
    return town.settled("Acme", "--sms", "disclaimer")


@pytest.fixture
def bolt(town: Town) -> Organization:
    """An organization without WhatsApp that asks for consent by SMS too."""
    return town.settled("Bolt", "--sms", "consent", "--no-whatsapp")


@pytest.fixture(autouse=True)
def _healed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lift all faults after each test; what one that failed has left behind meets no other."""
    yield
    failed = request.node.stash.get(FAILED, False)
    for town in _towns(request.node):
        if town.twilio.process.is_running:
            town.begins_afresh() if failed else town.mend()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Let a failing test print what the processes wrote."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        for town in _towns(item):
            for process in town.processes:
                report.sections.append((f"log of {process.name}", process.written[-SHOWN:]))
    return report


def new_database(server: str, name: str) -> str:
    """The address of a new, empty database on a PostgreSQL server."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _towns(item: pytest.Item) -> list[Town]:
    arguments: dict[str, Any] = getattr(item, "funcargs", None) or {}
    return [one for one in arguments.values() if isinstance(one, Town)]
