"""The official client over our wire, against a Twilio that fails in every known way."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from twilio.base.exceptions import TwilioException

from bot.config import Settings
from bot.messaging.gateway import Gateway, NeverSent, NoAnswer, Outcome, Refused, Sent, Unknown
from tests.messaging.conftest import ACCOUNT, TOKEN
from tests.simulator.desk import Desk
from tests.world import TEMPLATE, WHATSAPP

JO = "+4915112345678"
ROW: dict[str, Any] = {
    "to_address": f"whatsapp:{JO}", "from_address": WHATSAPP, "token": "the-token",
    "text": "Hello Jo", "content_sid": None, "variables": None,
}  # fmt: skip
AGES_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def settings(stand_in_url: str) -> Settings:
    return Settings(
        _env_file=None,
        public_url="http://127.0.0.1:9",
        secret_key="0123456789abcdef",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=f"{TOKEN},the-old-token",
        twilio_api_url=stand_in_url,
        twilio_timeout=0.3,
        outbox_threads=4,
    )


@pytest.fixture
def gateway(settings: Settings, desk: Desk) -> Gateway:
    return Gateway(settings)


def elsewhere(settings: Settings, url: str) -> Gateway:
    return Gateway(settings.model_copy(update={"twilio_api_url": url}))


class TestSending:
    def test_a_text_with_the_address_that_its_fate_is_reported_to(
        self, gateway: Gateway, desk: Desk
    ) -> None:
        outcome = gateway.send(ROW)
        (message,) = desk.messages()
        assert outcome == Sent(message["sid"])
        assert (message["from"], message["to"]) == (WHATSAPP, f"whatsapp:{JO}")
        assert message["shown"] == "Hello Jo"
        assert message["status_callback"] == "http://127.0.0.1:9/twilio/status/the-token"

    def test_a_template_with_its_variables_and_no_text(self, gateway: Gateway, desk: Desk) -> None:
        gateway.send(ROW | {"content_sid": TEMPLATE, "variables": {"1": "Café 7"}})
        (message,) = desk.messages()
        assert (message["content_sid"], message["content_variables"]) == (TEMPLATE, {"1": "Café 7"})
        assert message["body"] == ""

    def test_a_file_by_its_address(self, gateway: Gateway, desk: Desk) -> None:
        file = {"url": "https://shop.example/menu.pdf", "type": "application/pdf"}
        gateway.send(ROW | {"text": "", "media": [file]})
        kept = {"attachment": str(UUID(int=2)), "type": "image/png", "name": "plan.png"}
        ours = {"organization_id": UUID(int=1), "text": "Our shop", "media": [kept]}
        gateway.send(ROW | ours)
        menu, plan = sorted(desk.messages(), key=lambda one: str(one["body"]))
        assert menu["media_urls"] == [file["url"]]
        assert (menu["body"], menu["num_media"]) == ("", "1")
        [address] = plan["media_urls"]
        assert address.startswith("http://127.0.0.1:9/media/")
        assert plan["shown"] == "Our shop"

    def test_with_an_api_key_instead_of_the_token(self, settings: Settings, desk: Desk) -> None:
        key = {"twilio_api_key": "SK" + "2" * 32, "twilio_api_secret": SecretStr("wrong")}
        outcome = Gateway(settings.model_copy(update=key)).send(ROW)
        assert isinstance(outcome, Refused)
        assert outcome.verdict.code == 20003
        assert desk.messages() == []

    @pytest.mark.parametrize(
        ("fault", "kind", "code", "made"),
        [("401", "pause", 20003, 0), ("429", "retry", 20429, 0)],
    )
    def test_what_was_refused_was_not_made(
        self, gateway: Gateway, desk: Desk, fault: str, kind: str, code: int, made: int
    ) -> None:
        desk.chaos(fault)
        outcome = gateway.send(ROW)
        assert isinstance(outcome, Refused)
        assert (outcome.verdict.kind, outcome.verdict.code) == (kind, code)
        assert len(desk.messages()) == made

    @pytest.mark.parametrize(
        ("fault", "made"), [("500", 0), ("500_created", 1), ("reset_created", 1), ("hang", 1)]
    )
    def test_what_broke_off_may_have_been_made(
        self, gateway: Gateway, desk: Desk, fault: str, made: int
    ) -> None:
        desk.chaos(fault, **({"seconds": 0.6} if fault == "hang" else {}))
        assert isinstance(gateway.send(ROW), Unknown)
        assert len(desk.messages()) == made
        assert isinstance(gateway.send(ROW), Sent), "the next call is none the worse for it"

    def test_a_number_that_is_none(self, gateway: Gateway) -> None:
        outcome = gateway.send(ROW | {"to_address": "whatsapp:+1"})
        assert isinstance(outcome, Refused)
        assert (outcome.verdict.kind, outcome.verdict.code) == ("final", 21211)

    def test_a_code_that_we_do_not_know_speaks_with_the_providers_words(
        self, settings: Settings
    ) -> None:
        body = b'{"status": 400, "message": "Odd thing.", "code": 29999}'
        with answering(400, body) as url:
            outcome = elsewhere(settings, url).send(ROW)
        assert isinstance(outcome, Refused)
        assert (outcome.verdict.kind, outcome.verdict.code) == ("final", 29999)
        assert "Odd thing" in outcome.verdict.words

    @pytest.mark.parametrize(
        ("status", "body", "is_unknown"),
        [
            (201, b"<html>Welcome</html>", True),
            (502, b"<html>Bad gateway</html>", True),
            (307, b"", True),
            (403, b"<html>Go away</html>", False),
        ],
    )
    def test_a_proxy_in_between(
        self, settings: Settings, status: int, body: bytes, is_unknown: bool
    ) -> None:
        with answering(status, body) as url:
            outcome: Outcome = elsewhere(settings, url).send(ROW)
        assert isinstance(outcome, Unknown) is is_unknown

    def test_nobody_there(self, settings: Settings) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
            outcome = elsewhere(settings, url).send(ROW)
        assert isinstance(outcome, Refused)
        assert outcome.verdict.kind == "retry"
        assert url in outcome.verdict.words

    def test_a_host_without_an_address(self, settings: Settings) -> None:
        outcome = elsewhere(settings, "http://nowhere.invalid").send(ROW)
        assert isinstance(outcome, Refused)
        assert outcome.verdict.kind == "retry"

    def test_a_server_that_takes_the_call_and_says_nothing(self, settings: Settings) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
            assert isinstance(elsewhere(settings, url).send(ROW), Unknown)


class TestListing:
    def test_what_contacts_sent_oldest_first(self, gateway: Gateway, desk: Desk) -> None:
        desk.hears(JO, "Yes", to=WHATSAPP)
        desk.waits(1 / 60)
        desk.hears(JO, "STOP", to=WHATSAPP)
        gateway.send(ROW)

        heard = gateway.received_by(WHATSAPP, AGES_AGO)

        assert [one.text for one in heard] == ["Yes", "STOP"]
        assert {(one.direction, one.sender, one.recipient) for one in heard} == {
            ("inbound", f"whatsapp:{JO}", WHATSAPP)
        }
        since = heard[1].created_at
        assert [one.text for one in gateway.received_by(WHATSAPP, since)] == ["STOP"]

    def test_many_pages_of_messages_however_many(
        self, gateway: Gateway, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.messaging.gateway.PAGE", 10)
        monkeypatch.setattr("bot.messaging.gateway.MOST_LISTED", 20)
        for number in range(45):
            desk.hears(JO, f"{number}", to=WHATSAPP)
        heard = gateway.received_by(WHATSAPP, AGES_AGO)
        assert sorted(int(one.text) for one in heard) == list(range(45))

    def test_one_message_as_it_is_now(self, gateway: Gateway, desk: Desk) -> None:
        sent = gateway.send(ROW)
        assert isinstance(sent, Sent)
        forced = {"status": "failed", "error_code": 63024}
        desk.control("POST", f"/messages/{sent.sid}/status", forced)
        one = gateway.fetch(sent.sid)
        assert (one.status, one.error_code) == ("failed", 63024)
        assert datetime.now(UTC) - one.created_at < timedelta(minutes=1)

    @pytest.mark.parametrize("fault", ["401", "429", "500"])
    def test_a_list_that_cannot_be_had(self, gateway: Gateway, desk: Desk, fault: str) -> None:
        desk.chaos(fault, strikes="list", next=2)
        with pytest.raises(TwilioException):
            gateway.sent_to(f"whatsapp:{JO}", WHATSAPP, AGES_AGO)
        with pytest.raises(TwilioException):
            gateway.received_by(WHATSAPP, AGES_AGO)

    def test_a_list_that_is_none(self, settings: Settings) -> None:
        with answering(200, b"<html>Maintenance</html>") as url, pytest.raises(NoAnswer):
            elsewhere(settings, url).sent_to(f"whatsapp:{JO}", WHATSAPP, AGES_AGO)

    def test_nobody_there(self, settings: Settings) -> None:
        with pytest.raises(NeverSent):
            elsewhere(settings, "http://127.0.0.1:9").received_by(WHATSAPP, AGES_AGO)


class answering:
    """A server that answers every request the same way."""

    def __init__(self, status: int, body: bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                return

        self._server = HTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
