"""Every fault at once, and what has to be true of the server afterwards, seen from outside."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest

from bot.conversations.verification import verify
from bot.simulator.faults import FAULTS
from bot.store.db import open_database

from .house import House

CHANCE = 0.15
SECONDS = {"hang": 1.5, "list_lag": 2, "callback_late": 1, "429": 1}
RANK = ("sent", "delivered", "read")
LOST = {"failed", "undelivered"}
WAITING = ("queued", "sending", "unknown")
PATIENCE = 90
"""Seconds, on a machine with much else to do."""

# What a person does, how many of them there are, and how it has to end.
CAST = {
    "taps yes": (6, {"opted_in"}),
    "answers yes": (4, {"opted_in"}),
    "taps no": (6, {"opted_out"}),
    "never answers": (3, {"requested"}),
    "not on WhatsApp": (3, {"unreachable"}),
}


@dataclass
class Witness:
    """One contact: what the server shows, and what the stand-in has seen."""

    phone: str
    ends: set[str]
    conversation: str
    lines: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    state: str = ""

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["kind"] == kind]

    def sent(self) -> list[dict[str, Any]]:
        return [one for one in self.said if one["direction"] != "inbound"]

    def heard(self) -> list[dict[str, Any]]:
        return [one for one in self.said if one["direction"] == "inbound"]


@dataclass
class Storm:
    """What is left of it: the witnesses, the wire, the faults that never struck, the aftermath."""

    witnesses: list[Witness] = field(default_factory=list)
    wire: list[dict[str, Any]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    seconds: float = 0.0


@pytest.fixture(scope="module")
def storm(house: House) -> Storm:
    """Conversations held in the storm, looked at when all is quiet again."""
    start = house.stand_in.get("/wire?after=999999999")["last"]
    house.stand_in.put("/settings", pace={"sent": 0.05, "delivered": 0.05, "answer": 0.3})
    storm = Storm()
    with every_fault(house):
        storm.witnesses = [meet(house, *one) for one in enumerate(cast())]
        await_until(lambda: not (waiting(house, storm.witnesses) or unstruck(house)), PATIENCE)
        storm.missed = unstruck(house)
    lifted = time.monotonic()
    await_until(lambda: all(ended(house, one) for one in storm.witnesses), PATIENCE)
    storm.seconds = time.monotonic() - lifted
    # What is shown is held against the wire, so nothing may be on its way between the two looks.
    await_until(lambda: not house.stand_in.get("/health")["unfinished"], PATIENCE)
    for one in storm.witnesses:
        look(house, one)
    storm.wire = house.stand_in.get(f"/wire?after={start}")["exchanges"]
    return storm


def unstruck(house: House) -> list[str]:
    """The faults that were to strike at least once and have not."""
    return [one["fault"] for one in house.stand_in.get("/chaos")["in_force"] if one["next"]]


def cast() -> list[str]:
    return [behaviour for behaviour, (count, _) in CAST.items() for _ in range(count)]


@contextmanager
def every_fault(house: House) -> Iterator[None]:
    for fault in FAULTS:
        seconds = SECONDS.get(fault, 0)
        chance: dict[str, Any] = {"probability": 0.03 if fault == "401" else CHANCE}
        house.stand_in.post("/chaos", fault=fault, seconds=seconds, **chance)
        house.stand_in.post("/chaos", fault=fault, seconds=seconds, next=1)
    try:
        yield
    finally:
        house.stand_in.delete("/chaos")


def meet(house: House, number: int, behaviour: str) -> Witness:
    phone = f"+1202555{5000 + number}"
    house.stand_in.put(f"/customers/%2B{phone[1:]}", behaviour=behaviour)
    contact = house.api("POST", "/contacts", {"name": "Jo", "phone": phone}).json()
    asked = house.api("POST", f"/contacts/{contact['id']}/opt-in", {"basis": "asked to"})
    assert asked.status_code == 202, asked.text
    return Witness(phone, CAST[behaviour][1], asked.json()["id"])


def look(house: House, witness: Witness) -> None:
    path = f"/conversations/{witness.conversation}"
    witness.lines = house.api("GET", f"{path}/timeline").json()["items"]
    witness.state = house.api("GET", path).json()["state"]
    query = f"/messages?customer=%2B{witness.phone[1:]}"
    witness.said = house.stand_in.get(query)["messages"]


def waiting(house: House, witnesses: list[Witness]) -> bool:
    for witness in witnesses:
        look(house, witness)
    return any(line["status"] in WAITING for one in witnesses for line in one.of("out"))


def ended(house: House, witness: Witness) -> bool:
    """All is sent, all is heard, and the state is one that this person's deeds lead to."""
    look(house, witness)
    outbox = [line["status"] for line in witness.of("out")]
    unsure = any(status == "uncertain" for status in outbox) or was_lost(witness)
    quiet = not any(status in WAITING for status in outbox)
    heard = len(witness.of("in")) == len(witness.heard())
    return quiet and heard and (unsure or witness.state in witness.ends)


def was_lost(witness: Witness) -> bool:
    """Whether the only news that a message failed may have been a callback that never came."""
    return any(one["status"] in LOST for one in witness.sent())


def await_until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.5)


def test_every_fault_struck(storm: Storm) -> None:
    calls = Counter(one["status"] for one in storm.wire if one["direction"] == "in")

    assert storm.missed == []
    assert calls.keys() >= {200, 201, 401, 429, 500}


def test_what_was_acknowledged_is_kept_exactly_once(storm: Storm) -> None:
    for witness in storm.witnesses:
        assert len(witness.of("in")) == len(witness.heard()), witness.phone


def test_no_message_is_made_twice(storm: Storm) -> None:
    for witness in storm.witnesses:
        statuses = [line["status"] for line in witness.of("out")]
        made = [status for status in statuses if status not in ("cancelled", "uncertain")]
        unsure = len(statuses) - len(made)
        assert len(made) <= len(witness.sent()) <= len(made) + unsure, witness.phone
        texts = Counter(one["shown"] for one in witness.sent())
        assert max(texts.values()) == 1, witness.phone


def test_nothing_is_sent_after_an_opt_out_but_its_confirmation(storm: Storm) -> None:
    for witness in storm.witnesses:
        if witness.state != "opted_out":
            continue
        refusal = next(i for i, one in enumerate(witness.said) if one["direction"] == "inbound")
        assert len([one for one in witness.said[refusal:] if one in witness.sent()]) <= 1


def test_every_request_ends_in_one_way_and_is_told_once(storm: Storm) -> None:
    for witness in storm.witnesses:
        lost = was_lost(witness) and witness.state == "requested"
        assert witness.state in witness.ends or lost, (witness.phone, witness.state)
        told = Counter(line["code"] for line in witness.of("notice"))
        assert told["request_sent"] == 1
        assert max(told.values()) == 1, told


def test_the_shown_status_is_the_furthest_that_was_heard(storm: Storm) -> None:
    heard: dict[str, set[str]] = {}
    for exchange in storm.wire:
        status = parse_qs(exchange["body"]).get("MessageStatus")
        if exchange["direction"] == "out" and exchange["status"] == 200 and status:
            heard.setdefault(exchange["sid"], set()).add(status[0])
    for witness in storm.witnesses:
        shown = [line["status"] for line in witness.of("out")]
        if len(shown) != len(witness.sent()) or "uncertain" in shown:
            continue
        for status, made in zip(shown, witness.sent(), strict=True):
            known = {furthest(heard.get(made["sid"], set()))}
            # A failure may also have been read in the list, where a lost answer was looked for.
            known |= {made["status"]} & LOST
            assert status in known, witness.phone


def furthest(heard: set[str]) -> str:
    """The status that counts among those heard; that Twilio took it is known without any."""
    lost = heard & LOST
    return lost.pop() if lost else [one for one in RANK if one in heard | {"sent"}][-1]


def test_the_ledger_holds(storm: Storm, house: House) -> None:
    database = open_database(house.database_url)
    checked = list(verify(database))
    database.close()

    assert len(checked) >= len(storm.witnesses)
    assert [one.faults for one in checked if one.faults] == []


def test_all_is_quiet_soon_after_the_storm(storm: Storm) -> None:
    assert storm.seconds < PATIENCE
    left = [line for one in storm.witnesses for line in one.of("out") if line["status"] in WAITING]
    assert left == []


def test_logs_tell_no_secrets(storm: Storm, house: House) -> None:
    for name in ("web", "worker"):
        log = house.log(name)
        assert house.token not in log
        assert not re.search(r"\+1202555\d{4}", log), name
        assert "May we write to you" not in log
