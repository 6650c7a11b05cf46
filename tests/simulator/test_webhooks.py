"""How often a webhook is tried, and after what."""

import socket

import pytest
import requests
import responses
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.simulator.overrides import Overrides, overrides
from bot.simulator.webhooks import Answer, Webhook, post, sign, tampered

from .desk import TOKEN, Desk
from .receiver import Receiver

URL = "http://business.example/twilio/inbound"


def refused() -> requests.ConnectionError:
    reason = NewConnectionError(HTTPConnection("business.example"), "refused")
    return requests.ConnectionError(MaxRetryError(None, URL, reason))  # type: ignore[arg-type]


CONNECT = refused()
READ = requests.ReadTimeout("slow")


@pytest.mark.parametrize(
    ("fragment", "outcomes", "tries"),
    [
        ("", [200], 1),
        ("", [500], 1),
        ("", [404], 1),
        ("", [READ], 1),
        ("", [CONNECT, 200], 2),
        ("", [CONNECT, CONNECT], 2),
        ("", [requests.ConnectTimeout("slow"), 200], 2),
        ("", [requests.exceptions.SSLError("bad"), 200], 2),
        ("#rc=0", [CONNECT], 1),
        ("#rc=3&rp=all", [500, READ, 404, 200], 4),
        ("#rc=3&rp=all", [500, 500, 500, 500], 4),
        ("#rc=3&rp=all", [500, 204], 2),
        ("#rp=5xx", [503, 200], 2),
        ("#rp=5xx", [404], 1),
        ("#rp=5xx", [CONNECT], 1),
        ("#rp=4xx,rt", [READ, 200], 2),
        ("#rp=4xx,rt", [429, 200], 2),
        ("#rc=9&rp=all", [500] * 6, 6),
    ],
)
@responses.activate
def test_a_webhook_is_retried_as_its_fragment_says(
    fragment: str, outcomes: list[int | Exception], tries: int
) -> None:
    for outcome in outcomes:
        known = {"status": outcome} if isinstance(outcome, int) else {"body": outcome}
        responses.add(responses.POST, URL, **known)
    attempts: list[Answer] = []

    answer = post(sign(TOKEN, URL + fragment, {"Body": "yes"}), lambda _, one: attempts.append(one))

    assert len(responses.calls) == len(attempts) == answer.attempt == tries
    tokens = {call.request.headers["I-Twilio-Idempotency-Token"] for call in responses.calls}
    assert len(tokens) == 1
    assert answer.status == (outcomes[-1] if isinstance(outcomes[-1], int) else None)


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("", Overrides(5, 15, 15, 1, frozenset({"ct"}))),
        ("#ct=2000&rt=3000&tt=4000&rc=2&rp=all", Overrides(2, 3, 4, 2, frozenset({"all"}))),
        ("#rp=4xx,5xx", Overrides(retry_on=frozenset({"4xx", "5xx"}))),
        ("#ct=1&rt=99999&rc=7", Overrides(connect=0.1, read=15, retries=5)),
        ("#rc=many&ct=-5", Overrides()),
    ],
)
def test_overrides_are_read_within_twilios_limits(fragment: str, expected: Overrides) -> None:
    assert overrides(URL + fragment) == expected


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        ("https://mycompany.com/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com/myapp.php?foo=1&bar=2#rc=3", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ],
)
def test_signatures_are_twilios_own(url: str, signature: str) -> None:
    """The vectors are those of Twilio's own libraries."""
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }

    webhook = sign("12345", url, params)

    assert webhook.headers["X-Twilio-Signature"] == signature
    assert "#" not in webhook.url


def test_a_tampered_webhook_says_so() -> None:
    webhook: Webhook = sign(TOKEN, URL, {"Body": "yes"})

    assert tampered(webhook, "Body").params == {"Body": "yesx"}
    assert tampered(webhook, "Body").verdict == "tampered"
    assert "X-Twilio-Signature" not in tampered(webhook, "no signature").headers


def test_a_slow_business_is_left_at_the_read_timeout(desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [(200, 2.0), (200, 0.0)]
    desk.control("PUT", "/settings", {"webhook": receiver.url + "/in#rt=1000&rc=1&rp=rt"})

    heard = desk.hears("+12025550199", "yes")

    assert (heard["webhook"]["attempt"], heard["webhook"]["status"]) == (2, 200)
    log = desk.control("GET", "/wire")["exchanges"]
    assert [(one["attempt"], one["status"]) for one in log] == [(1, None), (2, 200)]
    assert log[0]["error"]


def test_retries_end_with_the_total_time(desk: Desk, receiver: Receiver) -> None:
    receiver.answers = [(200, 2.0)] * 6
    desk.control("PUT", "/settings", {"webhook": receiver.url + "/in#rt=600&tt=1000&rc=5&rp=all"})

    heard = desk.hears("+12025550199", "yes")

    assert heard["webhook"]["status"] is None
    assert heard["webhook"]["attempt"] == 2


def test_nobody_listening_is_tried_twice(desk: Desk) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    desk.control("PUT", "/settings", {"webhook": f"http://127.0.0.1:{port}/in"})

    heard = desk.hears("+12025550199", "yes")

    assert (heard["webhook"]["attempt"], heard["webhook"]["kind"]) == (2, "ct")
