"""PostgreSQL is not there yet, or breaks off everything it does."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import new_database
from tests.acceptance.postgres import Postgres
from tests.acceptance.processes import eventually
from tests.acceptance.sites import Site
from tests.acceptance.test_faults import TAKEN
from tests.acceptance.town import ASK, Town, all_at_once
from tests.postgres import stopped_at_the_end


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL server that may be stopped."""
    folder = Path(tempfile.mkdtemp(prefix="assent-pg-"))
    server = Postgres(folder)
    with stopped_at_the_end(folder):
        yield server
        server.end()
    shutil.rmtree(folder, ignore_errors=True)


def test_the_web_process_starts_without_its_database(
    own_postgres: Postgres, tmp_path: Path
) -> None:
    lonely = Town(new_database(own_postgres.url, "lonely"), tmp_path)
    try:
        lonely.release()
        own_postgres.stop()
        lonely.web.start()
        eventually(lambda: lonely.web_site.answers("/healthz"), "it lives", 60)
        away = lonely.web_site.get("/readyz")
        assert (away.status_code, away.json()["ready"]) == (503, False)
        assert "cannot be written" in away.json()["database"]
        outsider = Site(lonely.url, "a token")
        assert outsider.get("/api/v1/contacts").status_code == 503

        own_postgres.start()

        lonely.is_ready(30)
        assert outsider.get("/api/v1/contacts").status_code == 401
    finally:
        lonely.end()


def test_after_a_crash_of_the_database_all_goes_on(own_postgres: Postgres, tmp_path: Path) -> None:
    town = Town.start(new_database(own_postgres.url, "crash"), tmp_path)
    try:
        acme = town.organization("Acme", channels=("whatsapp",))
        people = acme.crowd(10)
        own_postgres.crash()
        town.is_ready(30)
        # Twilio does not repeat a callback that met the crash: such a message stays at `sent`.
        for jo in people:
            jo.hears("ask", *TAKEN)
        statuses = all_at_once(lambda jo: jo.writes("yes"), people)
        assert statuses == [200] * 10
        for jo in people:
            jo.becomes("opted_in")
        town.settles()
        shown = [jo.phone_shows for jo in people]
        assert [(texts[0], len(texts)) for texts in shown] == [(ASK, 2)] * 10
        assert town.is_proved() == 20
    finally:
        town.end()
