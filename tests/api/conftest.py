"""A web application that other systems call with a token."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.app import create_app
from bot.config import Settings
from bot.people import accounts
from bot.runtime import Runtime
from tests.messaging.conftest import StoryClock
from tests.world import World

PROBLEM = "application/problem+json"


class Caller:
    """Another system, with a token of one organization."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.token = token

    def calls(
        self, method: str, path: str, json: Any = None, *, key: str = "", **more: Any
    ) -> TestResponse:
        """Make one call."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        return self.client.open(
            f"/api/v1{path}", method=method, json=json,
            headers=headers | more.pop("headers", {}), **more,
        )  # fmt: skip

    def gets(self, path: str, **query: Any) -> Any:
        """Look at something that is there."""
        answer = self.calls("GET", path, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def posts(self, path: str, json: Any, status: int) -> Any:
        """Do something that is expected to work, or not, with this status."""
        answer = self.calls("POST", path, json)
        assert answer.status_code == status, answer.text
        return answer.json


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        _env_file=None, database_url=database_url, public_url="https://consent.example.org",
        secret_key="0123456789abcdef", twilio_account_sid="AC" + "a" * 32, twilio_auth_token="t",
    )  # fmt: skip


@pytest.fixture
def app(world: World, settings: Settings) -> Flask:
    return create_app(Runtime(settings, world.database, StoryClock(world)))


@pytest.fixture
def crm(world: World, app: Flask) -> Caller:
    """A system of the organization in the story."""
    return Caller(app.test_client(), token_of(world, world.organization_id))


@pytest.fixture
def stranger(world: World, app: Flask) -> Caller:
    """A system of another organization."""
    other = world.add_organization("Other", "whatsapp:+15550009000", "+15550009000")
    return Caller(app.test_client(), token_of(world, other))


def token_of(world: World, organization_id: Any) -> str:
    with world.database.writing() as connection:
        return accounts.add_token(connection, organization_id, "crm", world.now)


def said(answer: TestResponse) -> Any:
    """What an answer says in JSON."""
    return answer.json


def is_problem(answer: Any, status: int, code: str) -> bool:
    """Whether an answer is a problem as RFC 9457 writes it."""
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.text
    body = answer.json
    assert {"type", "title", "status", "code", "detail"} <= set(body)
    assert body["type"] == f"urn:assent:problem:{body['code']}"
    assert (body["status"], bool(body["detail"])) == (status, True)
    return bool(body["code"] == code)
