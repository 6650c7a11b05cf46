"""The newer switches: taps, the wire, faults one by one, numbers, and what the page asks for."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import phonenumbers
import pytest
from twilio.base.exceptions import TwilioRestException

from bot.simulator.account import Account
from bot.simulator.addresses import Address
from bot.simulator.app import create_stand_in
from bot.simulator.codes import refuses
from bot.simulator.faults import FAULTS, WORDS
from bot.simulator.numbers import number_of
from bot.simulator.stand_in import EXTENSION

from .conftest import ROOT
from .desk import ACCOUNT, PERSON, SMS, TOKEN, WHATSAPP, Desk
from .receiver import Receiver

DOCUMENT = ROOT / "docs" / "simulator.md"
TABLE = ROOT / "bot" / "messaging" / "error_codes.toml"
CODES = sorted(
    int(code) for kind in tomllib.loads(TABLE.read_text(encoding="utf-8")).values() for code in kind
)


@pytest.mark.parametrize("code", CODES)
def test_every_error_code_we_know_has_a_number(desk: Desk, code: int) -> None:
    phone = number_of(code)
    assert phonenumbers.is_valid_number(phonenumbers.parse(phone))
    if not refuses(code):
        assert desk.fate(desk.ask(phone).sid)[1] == code
        return
    with pytest.raises(TwilioRestException) as refused:
        desk.ask(phone)
    assert refused.value.code == code


def test_the_numbers_are_listed(desk: Desk) -> None:
    numbers = desk.control("GET", "/numbers")

    assert {one["code"] for one in numbers["codes"]} >= set(CODES)
    assert all(one["words"] != "Unknown error" or one["code"] == 30008 for one in numbers["codes"])
    assert {"phone": "+12025550109", "does": "blocked us"} in numbers["people"]


@pytest.mark.parametrize(
    ("button", "text"), [("yes", "Yes"), ("YES", "Yes"), ("no", "No"), ("No", "No")]
)
def test_a_button_is_tapped_by_its_word(
    listening: Desk, receiver: Receiver, button: str, text: str
) -> None:
    asked = listening.ask(PERSON)
    listening.settles().control("POST", "/tap", {"from": PERSON, "button": button})

    (taken,) = receiver.taken
    assert (taken.params["ButtonText"], taken.params["OriginalRepliedMessageSid"]) == (
        text,
        asked.sid,
    )


def test_what_has_not_arrived_cannot_be_tapped(desk: Desk) -> None:
    desk.customer(PERSON, reachable="phone off")
    desk.ask(PERSON)

    refused = desk.settles().control("POST", "/tap", {"from": PERSON, "button": "yes"}, expect=400)

    assert "no such button" in refused["error"]


def test_a_customer_writes_back_to_who_wrote(listening: Desk, receiver: Receiver) -> None:
    listening.send(PERSON, "hello", from_="+12025550188")
    listening.settles().control("POST", "/inbound", {"from": PERSON, "text": "hello yourself"})

    assert receiver.taken[-1].params["To"] == "+12025550188"


def test_the_first_word_goes_to_the_first_sender(listening: Desk, receiver: Receiver) -> None:
    listening.control("POST", "/inbound", {"from": PERSON, "text": "hello"})
    listening.control("POST", "/senders", {"address": "whatsapp:+12025550177"})
    listening.control("POST", "/inbound", {"from": "whatsapp:+12025550166", "text": "hello"})

    assert [one.params["To"] for one in receiver.taken] == [SMS, "whatsapp:+12025550177"]


@pytest.mark.parametrize(
    ("tamper", "is_signed"),
    [(None, True), ("Body", False), ("signature", False), ("no signature", False)],
)
def test_a_webhook_is_sent_once_more(
    listening: Desk, receiver: Receiver, tamper: str | None, is_signed: bool
) -> None:
    listening.hears(PERSON, "yes & no")
    number = listening.control("GET", "/wire")["last"]

    given = {"tamper": tamper} if tamper else {}
    again = listening.control("POST", f"/wire/{number}/resend", given)

    assert again["answer"]["status"] == 200
    first, second = receiver.taken
    assert receiver.is_signed(second) is is_signed
    assert (first.params == second.params) is (tamper != "Body")
    token = "I-Twilio-Idempotency-Token"
    assert first.headers[token] == second.headers[token]


@pytest.mark.parametrize(
    ("tamper", "status"), [(None, 201), ("signature", 401), ("no signature", 401)]
)
def test_a_call_is_made_once_more(desk: Desk, tamper: str | None, status: int) -> None:
    desk.send(PERSON, "hello")
    number = desk.settles().control("GET", "/wire")["last"]

    given = {"tamper": tamper} if tamper else {}
    again = desk.control("POST", f"/wire/{number}/resend", given)

    assert again["answer"]["status"] == status
    assert len(desk.messages()) == (2 if status == 201 else 1)
    assert desk.control("GET", "/wire")["last"] == number + 1


def test_a_webhook_as_a_command_line_is_the_same_request(
    listening: Desk, receiver: Receiver
) -> None:
    listening.hears(PERSON, "it's “quoted” & $HOME")
    number = listening.control("GET", "/wire")["last"]

    line = listening.control("GET", f"/wire/{number}/curl")["curl"]
    subprocess.run(["sh", "-c", line], check=True, capture_output=True, timeout=30)

    first, second = receiver.taken
    assert second.params == first.params
    assert receiver.is_signed(second)


def test_a_call_as_a_command_line_holds_no_secret(desk: Desk) -> None:
    desk.send(PERSON, "it's me")
    number = desk.settles().control("GET", "/wire")["last"]

    line = desk.control("GET", f"/wire/{number}/curl")["curl"]

    assert TOKEN not in line
    assert "$TWILIO_AUTH_TOKEN" in line
    environment = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    subprocess.run(["sh", "-c", line], check=True, capture_output=True, env=environment, timeout=30)
    assert [one["body"] for one in desk.messages()] == ["it's me"] * 2
    assert shlex.split(line)[-1].startswith(desk.url)


def test_what_is_not_on_the_wire_cannot_be_sent_again(desk: Desk) -> None:
    assert "exchange" in desk.control("POST", "/wire/999999/resend", {}, expect=400)["error"]


def test_one_fault_is_lifted_alone(desk: Desk) -> None:
    desk.chaos("429", probability=0.1)
    desk.chaos("500", probability=0.1)
    desk.chaos("429", probability=0.7)
    inforce = desk.control("GET", "/chaos")["in_force"]
    assert {(one["fault"], one["probability"]) for one in inforce} == {("429", 0.7), ("500", 0.1)}

    desk.control("DELETE", "/chaos/429")

    assert [one["fault"] for one in desk.control("GET", "/chaos")["in_force"]] == ["500"]


def test_every_fault_is_told_in_words() -> None:
    assert WORDS.keys() == FAULTS.keys()


def test_the_page_asks_for_everything_at_once(listening: Desk) -> None:
    listening.ask(PERSON)
    listening.settles().hears(PERSON, "", media=[{"content_type": "audio/ogg"}])
    query = f"customer={PERSON.replace('+', '%2B')}&after=0"

    pulse = listening.control("GET", f"/pulse?{query}")

    said = pulse["conversation"]["messages"]
    assert [(one["direction"], one["shown"][:5]) for one in said] == [
        ("outbound-api", "[HX33"),
        ("inbound", "Voice"),
    ]
    assert pulse["conversation"]["business"] == {"whatsapp": WHATSAPP, "sms": SMS}
    assert len(pulse["wire"]["exchanges"]) == pulse["wire"]["last"] - (
        pulse["wire"]["exchanges"][0]["number"] - 1
    )
    assert listening.control("GET", "/pulse?customer=nobody&after=0")["conversation"] is None


def test_without_a_server_scenarios_say_what_is_missing(desk: Desk) -> None:
    run = desk.control("POST", "/scenarios/opted_in", {}, expect=202)
    desk.settles()
    ended = desk.control("GET", f"/scenarios/runs/{run['number']}")

    assert ended["status"] == "failed"
    assert "SIMULATOR_APP_TOKEN" in ended["steps"][-1]
    assert "known" in desk.control("POST", "/scenarios/unheard_of", {}, expect=400)["error"]


def test_clocks_move_together_or_not_at_all(desk: Desk) -> None:
    desk.control("PUT", "/server", {"url": "http://127.0.0.1:9"})
    try:
        refused = desk.control("POST", "/clock", {"advance_seconds": 60}, expect=502)
        assert "does not answer" in refused["error"]
        assert desk.control("GET", "/clock")["ahead_seconds"] == 0
        assert desk.control("POST", "/clock", {"ahead_seconds": 60})["ahead_seconds"] == 60
    finally:
        desk.control("PUT", "/server", {"url": None, "token": None})


def test_the_page_loads_nothing_from_elsewhere(desk: Desk) -> None:
    answer = desk.raw("GET", "/simulator")

    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|style=", answer.text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", answer.text)
    home = desk.raw("GET", "/", allow_redirects=False)
    assert (home.status_code, home.headers["Location"]) == (303, "/simulator")
    assert desk.control("GET", "/wire")["exchanges"] == []


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("127.0.0.1:4010", True),
        ("[::1]:4010", True),
        ("localhost", True),
        ("twilio:4010", True),
        ("evil.example:4010", False),
        ("127.0.0.1.evil.example", False),
    ],
)
def test_a_name_from_outside_reaches_neither_page_nor_switches(
    desk: Desk, host: str, near: bool
) -> None:
    for path in ("/control/health", "/simulator"):
        answer = desk.raw("GET", path, headers={"Host": host})
        assert answer.status_code == (200 if near else 403), path


def test_somebody_whom_nobody_has_written_to_writes_to_the_business() -> None:
    told = Address("whatsapp", "+12025550199")
    app = create_stand_in(Account(ACCOUNT, TOKEN), senders=[told])
    phone = app.test_client()
    for _ in ("at the start", "after a reset"):
        phone.put(f"/control/customers/{PERSON}", json={})
        shown = phone.get("/control/pulse", query_string={"customer": PERSON}).get_json()
        assert shown["conversation"]["business"]["whatsapp"] == str(told)
        phone.post("/control/reset", json={})
    app.extensions[EXTENSION].close()


def described() -> set[str]:
    """The calls in the document's table: method and path."""
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z, ]+) (/control[^`]*)`", text, re.MULTILINE)
    return {f"{method.strip()} {path}" for methods, path in rows for method in methods.split(",")}


def test_the_documented_calls_are_the_calls_there_are() -> None:
    app = create_stand_in(Account(ACCOUNT, TOKEN))
    app.extensions[EXTENSION].close()
    routes = {
        f"{method} {rule.rule.replace('<int:', '<')}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/control")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert routes == described()


def test_the_documented_numbers_and_faults_are_those_there_are(desk: Desk) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    for person in desk.control("GET", "/numbers")["people"]:
        assert f"| `{person['phone']}` | {person['does']} |" in text
    for fault in FAULTS:
        assert f"| `{fault}` |" in text


def test_the_documents_scripts_exist() -> None:
    for path in re.findall(r"`((?:bot|tests)/[\w/.]+)`", DOCUMENT.read_text(encoding="utf-8")):
        assert Path(ROOT / path).exists(), path
