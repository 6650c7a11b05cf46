"""The switches: clock, settings, wire log, starting afresh."""

import ast
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
import requests

from bot.simulator import customers

from .desk import ACCOUNT, PERSON, WHATSAPP, Desk
from .receiver import Receiver

CODE = Path(customers.__file__).parent


def test_the_clock_moves_every_date(desk: Desk) -> None:
    moved = desk.control("POST", "/clock", {"advance_seconds": 86_400})
    message = desk.ask(PERSON)

    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert abs(message.date_created - tomorrow) < timedelta(seconds=5)
    assert moved["ahead_seconds"] == 86_400
    assert abs(datetime.fromisoformat(moved["now"]) - tomorrow) < timedelta(seconds=5)
    shown = desk.settles().messages()[0]
    assert abs(parsedate_to_datetime(shown["date_sent"]) - tomorrow) < timedelta(seconds=5)


def test_the_clock_goes_back_to_real_time(desk: Desk) -> None:
    desk.control("POST", "/clock", {"advance_seconds": 100})
    desk.control("POST", "/clock", {"advance_seconds": -40})
    assert desk.control("GET", "/clock")["ahead_seconds"] == 60

    assert desk.control("POST", "/clock", {"reset": True})["ahead_seconds"] == 0


def test_the_wire_shows_both_directions(listening: Desk, receiver: Receiver) -> None:
    start = listening.control("GET", "/wire")["last"]
    message = listening.send(PERSON, "hello", status_callback=receiver.url + "/status")
    listening.settles().hears(PERSON, "yes")

    log = listening.control("GET", f"/wire?after={start}")["exchanges"]

    assert [(one["direction"], one["method"], one["status"]) for one in log] == [
        ("in", "POST", 201),
        ("out", "POST", 200),
        ("out", "POST", 200),
        ("out", "POST", 200),
    ]
    create, sent, _, inbound = log
    assert create["url"] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert "Body=hello" in create["body"]
    assert create["sid"] == sent["sid"] == message.sid
    assert "MessageStatus=sent" in sent["body"]
    assert (sent["verdict"], create["verdict"]) == ("signed", "admitted")
    assert "Body=yes" in inbound["body"]
    assert inbound["answer"] == "<Response/>"
    assert all(one["milliseconds"] >= 0 for one in log)
    assert listening.control("GET", f"/wire?after={log[-1]['number']}")["exchanges"] == []


def test_the_wire_shows_refused_and_tampered_requests(listening: Desk) -> None:
    heard = listening.hears(PERSON, "yes")
    listening.control("POST", f"/replay/{heard['sid']}", {"tamper": "Body"})
    requests.get(f"{listening.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", timeout=5)

    verdicts = [one["verdict"] for one in listening.control("GET", "/wire")["exchanges"]]
    assert verdicts == ["signed", "tampered", "refused"]


def test_forgetting_messages_closes_windows(desk: Desk) -> None:
    desk.hears(PERSON, "hello")
    ends = {"from": WHATSAPP, "to": f"whatsapp:{PERSON}"}
    query = "&".join(f"{name}={text.replace('+', '%2B')}" for name, text in ends.items())
    assert desk.control("GET", f"/window?{query}") == {"open": True}

    desk.control("DELETE", "/messages")

    assert desk.messages() == []
    assert desk.control("GET", f"/window?{query}") == {"open": False}


def test_health_says_what_is_still_to_come(desk: Desk) -> None:
    desk.control("PUT", "/settings", {"pace": {"sent": 30}})
    desk.ask(PERSON)

    health = desk.control("GET", "/health")

    assert (health["ok"], health["messages"], health["unfinished"]) == (True, 1, 1)
    desk.control("POST", "/reset", {})
    assert desk.control("GET", "/health")["unfinished"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/inbound", {}),
        ("POST", "/inbound", {"from": "nobody", "to": WHATSAPP}),
        ("POST", "/inbound", {"from": PERSON, "to": "whatsapp:"}),
        ("POST", "/inbound", {"from": PERSON, "to": WHATSAPP, "txt": "typo"}),
        ("POST", "/inbound", {"from": PERSON, "to": WHATSAPP, "text": 1}),
        ("POST", "/inbound", {"from": PERSON, "to": WHATSAPP, "button": "Yes"}),
        ("POST", "/inbound", {"from": PERSON, "to": WHATSAPP, "media": [{}]}),
        ("POST", "/inbound", {"from": PERSON, "to": WHATSAPP, "media": 5}),
        ("POST", "/inbound", {"from": PERSON, "to": WHATSAPP, "more": [1]}),
        ("POST", "/inbound", {"from": PERSON, "to": WHATSAPP, "location": "Berlin"}),
        ("PUT", "/customers/nobody", {}),
        ("PUT", f"/customers/{PERSON}", {"behaviour": "sings"}),
        ("PUT", f"/customers/{PERSON}", {"reachable": "sometimes"}),
        ("PUT", f"/customers/{PERSON}", {"user_id": "12"}),
        ("POST", "/customers", {}),
        ("POST", "/senders", {"address": "whatsapp:acme"}),
        ("PUT", "/templates/HX1", {}),
        ("PUT", "/settings", {"pace": {"sideways": 1}}),
        ("POST", "/clock", {"advance_seconds": 1e18}),
        ("POST", "/clock", ["reset"]),
    ],
)
def test_nonsense_is_explained(desk: Desk, method: str, path: str, body: Any) -> None:
    answer = requests.request(method, f"{desk.url}/control{path}", json=body, timeout=5)

    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize("path", ["clock", "reset", "inbound", "chaos", "replay/SM0", "customers"])
def test_a_form_on_another_page_cannot_reach_the_switches(desk: Desk, path: str) -> None:
    answer = requests.post(f"{desk.url}/control/{path}", data={"reset": "true"}, timeout=5)

    assert answer.status_code == 415


def test_every_number_in_the_table_is_a_valid_one() -> None:
    table = customers.__doc__ or ""
    numbers = [word for word in table.split() if word.startswith("+1202")]

    assert len(numbers) == 11
    for number in [*numbers, "+15005563016", "+15005521610", "+15005530003"]:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number))


def test_the_stand_in_imports_nothing_else_of_the_project() -> None:
    for file in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot"):
                assert (node.module or "").startswith("bot.simulator"), file
