"""Scenarios, the clocks and the commands, against the whole house."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

import pytest
import requests

from bot.config import SIMULATED
from bot.simulator.play import PATIENCE
from bot.simulator.scenarios import SCENARIOS

from .house import House, put_templates

AUTH = (SIMULATED["twilio_account_sid"], SIMULATED["twilio_auth_token"])


def played(house: House, name: str, seconds: float = 2 * PATIENCE) -> Any:
    run = house.stand_in.post(f"/scenarios/{name}")
    deadline = time.monotonic() + seconds
    while run["status"] == "running" and time.monotonic() < deadline:
        time.sleep(0.1)
        run = found(house, run)
    return run


def found(house: House, run: Any) -> Any:
    return house.stand_in.get(f"/scenarios/runs/{run['number']}")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_ends_as_it_should(house: House, name: str) -> None:
    run = played(house, name)

    assert run["status"] == "done", run["steps"]
    assert run["steps"][-1] == "As it should be."


def test_an_unreachable_contact_is_offered_an_sms(house: House) -> None:
    steps = played(house, "unreachable")["steps"]

    assert any("SMS is offered" in step for step in steps)
    assert any("isn't a WhatsApp user" in step for step in steps)


def test_scenarios_are_played_one_after_the_other(house: House) -> None:
    """One lets a day pass, in which the request of any other would be over."""
    day = house.stand_in.post("/scenarios/no_answer")
    other = house.stand_in.post("/scenarios/unreachable")
    assert other["steps"] == ["Waits until the scenario before has ended."]

    while len(other["steps"]) == 1:
        day, other = found(house, day), found(house, other)
    assert found(house, day)["status"] == "done"
    while other["status"] == "running":
        other = found(house, other)
    house.stand_in.post("/clock", reset=True)

    assert other["status"] == "done", other["steps"]


def test_starting_afresh_ends_what_is_played_and_what_waits(house: House) -> None:
    house.stand_in.post("/chaos", fault="500", probability=1.0)
    for name in ("opted_in", "opted_out"):
        house.stand_in.post(f"/scenarios/{name}")

    house.stand_in.post("/reset")
    put_templates(house)

    run = played(house, "unreachable", PATIENCE / 2)
    assert run["status"] == "done", run["steps"]


def asked(house: House, phone: str) -> str:
    """Ask a new contact for consent, and wait until the request is on the phone."""
    contact = house.api("POST", "/contacts", {"name": "Jo", "phone": phone}).json()
    given = {"basis": "they asked at the counter"}
    conversation = house.api("POST", f"/contacts/{contact['id']}/opt-in", given).json()["id"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        said = house.stand_in.get(f"/messages?customer=%2B{phone[1:]}")["messages"]
        if said and said[-1]["status"] == "read":
            return str(conversation)
        time.sleep(0.1)
    raise AssertionError("the request did not arrive")


def state(house: House, conversation: str) -> str:
    return str(house.api("GET", f"/conversations/{conversation}").json()["state"])


def becomes(house: House, conversation: str, wanted: str) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if state(house, conversation) == wanted:
            return True
        time.sleep(0.1)
    return False


def test_a_jump_to_the_next_deadline_sets_it_off(house: House) -> None:
    conversation = asked(house, "+12025553001")
    before = house.stand_in.get("/deadlines")["deadlines"]
    assert "+12025553001" in [one["address"] for one in before]

    house.passes_every_deadline()

    assert becomes(house, conversation, "no_answer")
    after = house.stand_in.get("/deadlines")
    assert ("requested", "no_answer") in [(one["was"], one["state"]) for one in after["fired"]]


def test_both_clocks_move_together(house: House) -> None:
    house.stand_in.post("/clock", advance_seconds=3600)
    theirs = requests.get(f"{house.url}/simulator/clock", auth=AUTH, timeout=30).json()
    ours = house.stand_in.get("/clock")
    assert abs(ours["ahead_seconds"] - theirs["ahead_seconds"]) < 1

    told = house.flask("clock", "advance", "2h")

    assert told.exit_code == 0, told.stderr
    moved = house.stand_in.get("/clock")
    assert abs(moved["ahead_seconds"] - ours["ahead_seconds"] - 7200) < 1
    house.stand_in.post("/clock", reset=True)
    theirs = requests.get(f"{house.url}/simulator/clock", auth=AUTH, timeout=30).json()
    assert abs(theirs["ahead_seconds"]) < 1


def test_commands_play_a_whole_conversation(house: House) -> None:
    conversation = asked(house, "+12025553002")
    tapped = house.flask("sim", "tap", "+12025553002", "no", "--json")
    assert json.loads(tapped.stdout)["webhook"]["status"] == 200
    assert becomes(house, conversation, "opted_out")

    sent = house.flask("sim", "send", "+12025553002", "yes")
    assert "the server answered 200" in sent.stdout
    assert becomes(house, conversation, "opted_in")

    sid = sent.stdout.split(":")[0]
    spoilt = house.flask("sim", "replay", sid, "--tamper", "Body")
    assert (spoilt.exit_code, "answered 403" in spoilt.stdout) == (1, True)
    again = house.flask("sim", "replay", sid)
    assert (again.exit_code, "answered 200" in again.stdout) == (0, True)
    assert state(house, conversation) == "opted_in"


def test_a_command_triggers_a_scenario(house: House) -> None:
    told = house.flask("sim", "trigger", "opted_out")

    assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, "As it should be.")


def test_a_command_listens(house: House) -> None:
    plain = house.flask("sim", "listen", "--all", "--count", "2")
    exact = house.flask("sim", "listen", "--all", "--count", "2", "--json")

    # The worker sweeps without a pause; what earlier tests have begun may come in between.
    kinds = [line.split()[1] for line in plain.stdout.splitlines()]
    assert (len(kinds), set(kinds) <= {"call", "webhook"}) == (2, True)
    directions = [json.loads(line)["direction"] for line in exact.stdout.splitlines()]
    assert (len(directions), set(directions) <= {"in", "out"}) == (2, True)


def test_a_command_moves_the_time_and_the_weather(house: House) -> None:
    moved = json.loads(house.flask("sim", "time", "+90s", "--json").stdout)
    assert datetime.fromisoformat(moved["now"])
    assert "ahead of the real time" in house.flask("sim", "time", "reset").stdout

    on = house.flask("sim", "chaos", "429=0.2", "hang=next:2", "--seconds", "3").stdout
    assert "429: 20% of all (create), 3 s" in on
    assert "hang: the next 2 (create), 3 s" in on
    assert "No fault is in force" in house.flask("sim", "chaos", "off").stdout
    nonsense = house.flask("sim", "chaos", "429=often")
    assert (nonsense.exit_code, "is no switch" in nonsense.stderr) == (1, True)


def test_a_conversation_in_the_terminal(house: House) -> None:
    typed = "hello\n/1\n/voice\n/9\n/quit\n"

    told = house.flask("chat", "+12025553003", given=typed).stdout

    assert "they: Hello, this is Demo." in told
    assert "[/1 Yes]  [/2 No]" in told
    assert "you: Yes" in told
    assert "opted in to messages from Demo" in told
    assert "you: Voice note" in told
    assert "There is no button 9." in told


def test_commands_say_where_nobody_answers(house: House) -> None:
    told = house.flask("sim", "--url", "http://127.0.0.1:9", "time")

    assert told.exit_code == 1
    assert "No stand-in answers at http://127.0.0.1:9" in told.stderr
    assert "flask sim up" in told.stderr


def test_the_server_leads_to_the_page(house: House) -> None:
    led = requests.get(f"{house.url}/simulator", timeout=30, allow_redirects=False)

    assert (led.status_code, led.headers["Location"]) == (303, f"{house.stand_in.url}/simulator")
    assert "<h1>Simulator</h1>" in requests.get(f"{house.url}/simulator", timeout=30).text
