"""Real databases for every test: SQLite in a file, and a PostgreSQL that the tests start."""

from __future__ import annotations

import gc
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, make_url, text
from werkzeug.routing import Rule
from xdist.remote import Producer

from bot.store.db import Database, open_database
from bot.store.migrate import upgrade
from bot.store.models import Base
from tests.browsers import chromium
from tests.postgres import start_postgres
from tests.sharing import FIRST, Sharing, shared_by
from tests.world import World

__all__ = ["chromium"]


settings.register_profile("without a stopwatch", deadline=None)
settings.load_profile("without a stopwatch")


def pytest_configure() -> None:
    """Let SIGTERM end a run as Ctrl-C does, so that what fixtures have started is stopped."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    """Let tests that share processes run on the same worker."""
    return Sharing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: shared_by(item.nodeid) not in FIRST)


@pytest.fixture(autouse=True, scope="session")
def templates_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compile the templates of pages once a session and not for every application."""
    compiled = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", Flask.jinja_options | {"bytecode_cache": compiled})
        yield


@pytest.fixture(autouse=True, scope="session")
def addresses_once() -> Iterator[None]:
    """Compile what builds addresses once a session: it is nearly all that an application costs."""
    compiled: dict[tuple[str, ...], Callable[..., tuple[str, str]]] = {}
    compile_builder = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, repr(rule.subdomain), repr(rule.defaults), repr(append_unknown))
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture(autouse=True, scope="session")
def nothing_imported_is_garbage() -> None:
    """Let the garbage collector pass over what is imported, as the web application has it do."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of this session's own."""
    folder = Path(tempfile.mkdtemp(prefix="assent-pg-"))
    with start_postgres(folder) as url:
        yield url
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url(postgres: str) -> str:
    """The address of a migrated database, emptied for each test: that is quicker than a new one."""
    _administer(postgres, "CREATE DATABASE assent")
    database = open_database(_named(postgres, "assent"))
    upgrade(database)
    database.close()
    return _named(postgres, "assent")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied for each test."""
    path = tmp_path_factory.mktemp("template") / "assent.db"
    database = open_database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()
    return path


@pytest.fixture(scope="session")
def empty(postgres_url: str) -> Iterator[Callable[[], None]]:
    """Empties that database, over one connection as long as no test ends it."""
    # As a replica: neither foreign keys nor the ledger's own triggers are in the way.
    tables = "; ".join(f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables)
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    def empty() -> None:
        with engine.connect() as connection:
            connection.execute(text(f"SET session_replication_role = replica; {tables}"))

    yield empty
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database: each test runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "assent.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    empty = request.getfixturevalue("empty")
    yield request.getfixturevalue("postgres_url")
    empty()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def world(database: Database) -> World:
    """An organization with senders, and contacts that can be talked to."""
    return World(database)


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _administer(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
