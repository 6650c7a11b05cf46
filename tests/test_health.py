"""Alive, ready, and how it is doing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from bot.app import create_app
from bot.config import Settings
from bot.health import readiness
from bot.runtime import Runtime
from bot.store.db import open_database
from bot.worker import Worker
from tests.api.conftest import said
from tests.messaging.conftest import StoryClock
from tests.world import World


@pytest.fixture
def runtime(world: World, database_url: str) -> Runtime:
    settings = Settings(
        _env_file=None, database_url=database_url, public_url="https://consent.example.org",
        secret_key="0123456789abcdef", twilio_account_sid="AC" + "a" * 32, twilio_auth_token="t",
    )  # fmt: skip
    return Runtime(settings, world.database, StoryClock(world))


@pytest.fixture
def client(runtime: Runtime) -> Iterator[FlaskClient]:
    with create_app(runtime).test_client() as client:
        yield client


def test_alive_says_nothing_about_the_database(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


def test_ready_although_the_worker_is_away(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {
            "ready": True, "database": "writable", "migrations": "current",
            "worker": "never seen; start it with: flask worker",
        },
    )  # fmt: skip


def test_the_worker_is_seen(client: FlaskClient, runtime: Runtime, world: World) -> None:
    Worker(runtime)._beat("worker")
    assert said(client.get("/readyz"))["worker"] == "working"
    world.passes(minutes=1)
    answer = client.get("/readyz")
    assert said(answer)["worker"].startswith("away since")
    assert answer.status_code == 200


def test_another_schema_is_not_ready(client: FlaskClient, world: World) -> None:
    with world.database.writing() as connection:
        current = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        answer = client.get("/readyz")
    finally:
        with world.database.writing() as connection:
            put_back = text("UPDATE alembic_version SET version_num = :was")
            connection.execute(put_back, {"was": current})
    assert answer.status_code == 503
    assert said(answer)["migrations"] == "behind; run: flask db upgrade"


def test_an_empty_database_is_not_ready_and_says_what_to_do(
    runtime: Runtime, tmp_path: Path
) -> None:
    empty = open_database(f"sqlite:///{tmp_path}/empty.db")
    state = readiness(replace(runtime, database=empty))
    empty.close()
    assert not state["ready"]
    assert state["migrations"] == "behind; run: flask db upgrade"


def test_a_database_that_cannot_be_written_is_not_ready(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    readonly = {
        "sqlite": "PRAGMA query_only=ON",
        "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    }[world.database.name]
    connections = []
    for _ in range(20):  # every connection of the pool
        connections.append(world.database.engine.connect())
        connections[-1].exec_driver_sql(readonly)
        connections[-1].commit()
    for connection in connections:
        connection.close()
    answer = client.get("/readyz")
    world.database.close()
    assert answer.status_code == 503
    assert said(answer)["database"].startswith("The database cannot be written")
    assert client.get("/readyz").status_code == 200


class TestMetrics:
    def test_what_waits_and_since_when_a_heart_has_beaten(
        self, client: FlaskClient, runtime: Runtime, world: World
    ) -> None:
        jo, kim = world.contact("+4915100000001"), world.contact("+4915100000002")
        jo.is_asked()
        kim.is_asked()
        kim.says("Yes")
        Worker(runtime)._beat("worker")
        world.passes(seconds=7)

        answer = client.get("/metrics")

        assert answer.status_code == 200
        lines = answer.text.splitlines()
        assert 'assent_outbox{status="queued"} 3.0' in lines
        assert 'assent_heartbeat_age_seconds{name="worker"} 7.0' in lines
        assert "assent_problems 0.0" in lines

    def test_are_given_to_who_may_see_them(self, runtime: Runtime) -> None:
        guarded = runtime.settings.model_copy(update={"metrics_token": Settings(
            _env_file=None, metrics_token="let-me-see").metrics_token})  # fmt: skip
        client = create_app(Runtime(guarded, runtime.database, runtime.clock)).test_client()
        assert client.get("/metrics").status_code == 401
        wrong = {"Authorization": "Bearer let-me-se"}
        assert client.get("/metrics", headers=wrong).status_code == 401
        right = {"Authorization": "Bearer let-me-see"}
        assert client.get("/metrics", headers=right).status_code == 200
