"""A web application that Twilio can call, and Twilio's way of calling it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import Connection
from twilio.request_validator import RequestValidator
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client, TestResponse

from bot.app import create_app
from bot.config import Settings
from bot.runtime import Runtime
from bot.simulator.account import Account
from bot.simulator.app import create_stand_in
from bot.simulator.stand_in import EXTENSION
from tests.messaging.post_office import PostOffice
from tests.simulator.desk import Desk
from tests.world import World, new_sid

ACCOUNT, TOKEN, URL = "AC" + "a" * 32, "the-auth-token", "https://consent.example.org"


class StoryClock:
    """Both clocks show the story's time."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self, connection: Connection | None = None) -> datetime:
        """The story's moment."""
        return self._world.now

    wall = now


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_url,
        public_url=URL,
        secret_key="0123456789abcdef",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=f"{TOKEN},the-old-token",
    )


@pytest.fixture
def runtime(settings: Settings, world: World) -> Runtime:
    return Runtime(settings, world.database, StoryClock(world))


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return create_app(runtime)


@pytest.fixture
def twilio(app: Flask) -> Twilio:
    return Twilio(Client(app))


@pytest.fixture
def office(world: World) -> PostOffice:
    """The outbox, one step at a time."""
    return PostOffice(world)


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        return


@contextmanager
def served(app: Any, port: int = 0) -> Iterator[str]:
    """Serve an application on a port of its own; give its address."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def stand_in_url() -> Iterator[str]:
    """A Twilio for our account, on a real port."""
    app = create_stand_in(Account(ACCOUNT, TOKEN))
    with served(app) as url:
        yield url
    app.extensions[EXTENSION].close()


@pytest.fixture
def desk(stand_in_url: str) -> Desk:
    """That Twilio, remembering nothing of the tests before."""
    desk = Desk(stand_in_url)
    desk.control("POST", "/reset", {})
    quick = {"queued": 0.0, "sent": 0.0, "delivered": 0.0, "read": 0.0, "answer": 0.0}
    desk.control("PUT", "/settings", {"pace": quick, "webhook": None})
    return desk


class Twilio:
    """Posts forms the way Twilio does, signed unless told otherwise."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def form(self, **fields: str) -> dict[str, str]:
        """The form of a WhatsApp message, with these fields changed."""
        return {
            "MessageSid": new_sid(),
            "AccountSid": ACCOUNT,
            "From": "whatsapp:+4915112345678",
            "To": "whatsapp:+15550001000",
            "Body": "Yes",
            "NumMedia": "0",
            "ProfileName": "Jo",
            "ApiVersion": "2010-04-01",
        } | fields

    def sign(self, path: str, form: Mapping[str, Any], token: str = TOKEN, url: str = URL) -> str:
        """The signature of a form posted to a path."""
        return str(RequestValidator(token).compute_signature(url + path, form))

    def posts(
        self, path: str, form: Mapping[str, Any], *, signature: str | None = None, **more: Any
    ) -> TestResponse:
        """Post a form, signed for that path unless a signature is given."""
        body = more.pop("body", None) or urlencode(form, doseq=True)
        signed = self.sign(path, form) if signature is None else signature
        headers = {"X-Twilio-Signature": signed} if signed else {}
        headers |= more.pop("headers", {})
        kind = more.pop("content_type", "application/x-www-form-urlencoded")
        # RAW_URI is what servers hand on: the target as it stood in the request line.
        environ = {"RAW_URI": path} | more.pop("environ", {})
        return self.client.post(
            path, data=body, content_type=kind, headers=headers, environ_overrides=environ, **more
        )

    def delivers(self, **fields: str) -> TestResponse:
        """Deliver a message of a contact."""
        return self.posts("/twilio/inbound", self.form(**fields))

    def reports(self, token: str, status: str, **fields: str) -> TestResponse:
        """Report what became of a message of ours."""
        form = {"MessageSid": "SM" + "9" * 32, "AccountSid": ACCOUNT, "MessageStatus": status}
        return self.posts(f"/twilio/status/{token}", form | fields)
