"""The schema: from nothing to the newest and back, and never other than the code believes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, make_url, select, text

from bot.clock import RealClock
from bot.config import Settings
from bot.conversations import attachments
from bot.conversations.attachments import read_file
from bot.health import readiness
from bot.people import organizations
from bot.runtime import Runtime
from bot.store.db import Database, open_database
from bot.store.migrate import alembic_config, upgrade
from bot.store.models import Attachment, Base
from bot.store.schema import current_revision, newest_revision
from tests.world import World


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table."""
    if request.param == "sqlite":
        database = open_database(f"sqlite:///{tmp_path}/new/folder/assent.db")
        yield database
        database.close()
        return
    server = make_url(request.getfixturevalue("postgres"))
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS empty"))
        connection.execute(text("CREATE DATABASE empty"))
    database = open_database(server.set(database="empty").render_as_string(hide_password=False))
    yield database
    database.close()
    admin.dispose()


def revision(database: Database) -> str | None:
    with database.reading() as connection:
        return current_revision(connection)


def ready(database: Database) -> tuple[bool, str]:
    settings = Settings(_env_file=None, database_url="sqlite:///var/unused.db")
    state = readiness(Runtime(settings, database, RealClock()))
    return state["ready"], state["migrations"]


def test_from_nothing_to_the_newest_and_the_models_agree(empty: Database) -> None:
    assert revision(empty) is None
    assert ready(empty)[0] is False

    upgrade(empty)

    assert revision(empty) == newest_revision()
    with empty.reading() as connection:
        tables = set(inspect(connection).get_table_names())
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert tables == {*Base.metadata.tables, "alembic_version"}
    assert ready(empty) == (True, "current")


def test_once_more_changes_nothing(empty: Database) -> None:
    upgrade(empty)
    upgrade(empty)
    assert revision(empty) == newest_revision()


def test_an_older_schema_is_not_ready_and_says_what_to_do(empty: Database) -> None:
    upgrade(empty, "0001")
    assert ready(empty) == (False, "behind; run: flask db upgrade")
    upgrade(empty)
    assert ready(empty) == (True, "current")


def test_down_to_nothing_and_up_again(empty: Database) -> None:
    upgrade(empty)
    with empty.writing() as connection:
        command.downgrade(alembic_config(connection), "base")
    with empty.reading() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    assert revision(empty) is None

    upgrade(empty)
    assert ready(empty) == (True, "current")


def test_what_waited_before_lines_were_counted_is_still_known_as_said_before(
    empty: Database,
) -> None:
    upgrade(empty)
    world = World(empty)
    silent, asked = world.contact("+4915100000001"), world.contact("+4915100000002")
    silent.is_asked()
    world.passes(hours=24)
    world.expire()
    asked.is_asked()
    with empty.writing() as connection:
        command.downgrade(alembic_config(connection), "0008")

    upgrade(empty)

    assert silent.now.since_line == silent.lines[0].seq
    assert asked.now.since_line == 0, "its request was said in the state that holds"


def test_files_that_were_kept_before_have_a_size_and_a_hash(empty: Database) -> None:
    upgrade(empty)
    world, content = World(empty), b"%PDF-1.7 the terms"
    jo = world.contact()
    with empty.writing() as connection:
        attachments.keep(connection, jo.key, read_file("a.pdf", content), world.now)
        command.downgrade(alembic_config(connection), "0009")

    upgrade(empty)

    with empty.reading() as connection:
        found = connection.execute(select(Attachment.size, Attachment.sha256)).one()
    assert tuple(found) == (len(content), hashlib.sha256(content).hexdigest())


def limits(database: Database, table: str, name: str) -> dict[str, int]:
    """The messaging limits of organizations or senders, by what they are called."""
    with database.reading() as connection:
        rows = connection.exec_driver_sql(f"SELECT {name}, messaging_limit FROM {table}")
        return {row[0]: row[1] for row in rows}


def test_an_organization_may_reach_as_many_as_its_senders_might(empty: Database) -> None:
    upgrade(empty)
    might = {
        "Sum": {"whatsapp:+1": 250, "whatsapp:+2": 2000, "+1": 50},
        "Unlimited": {"whatsapp:+3": 250, "whatsapp:+4": 0},
        "Most": {"whatsapp:+5": 1_000_000_000, "whatsapp:+6": 1_000_000_000},
        "SMS": {"+7": 50},
        "Alone": {},
    }
    world = World(empty)
    for name, senders in might.items():
        world.add_organization(name, *senders)
    with empty.writing() as connection:
        command.downgrade(alembic_config(connection), "0010")
        for sender, limit in (one for senders in might.values() for one in senders.items()):
            said = f"UPDATE sender SET messaging_limit = {limit} WHERE address = '{sender}'"
            connection.exec_driver_sql(said)

    upgrade(empty)

    assert limits(empty, "organization", "name") == {
        "Acme": 250, "Sum": 2250, "Unlimited": 0, "Most": 1_000_000_000, "SMS": 250, "Alone": 250,
    }  # fmt: skip


def test_and_the_limit_is_divided_among_its_senders_on_the_way_back(empty: Database) -> None:
    upgrade(empty)
    world = World(empty)
    for name, limit in (("Divided", 2001), ("Unlimited", 0), ("Few", 1)):
        own = world.add_organization(name, *(f"whatsapp:{name}{n}" for n in (1, 2)), f"{name}")
        with empty.writing() as connection:
            organizations.change(connection, own, messaging_limit=limit)
    with empty.writing() as connection:
        command.downgrade(alembic_config(connection), "0010")

    given = limits(empty, "sender", "address")

    parts = {name: [given[f"whatsapp:{name}{n}"] for n in (1, 2)] for name in ("Unlimited", "Few")}
    assert parts == {"Unlimited": [0, 0], "Few": [1, 1]}, "0 would be no limit at all"
    divided = sorted(given[f"whatsapp:Divided{n}"] for n in (1, 2))
    assert (divided, given["Divided"]) == ([1000, 1001], 0)
    upgrade(empty)
    assert limits(empty, "organization", "name")["Divided"] == 2001


def test_a_database_that_cannot_be_reached_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    database = open_database(f"sqlite:///{tmp_path}/folder.db")
    settings = Settings(_env_file=None)
    state = readiness(Runtime(settings, database, RealClock()))
    assert (state["ready"], state["migrations"]) == (False, "unknown")
    assert "OperationalError" in state["database"]
