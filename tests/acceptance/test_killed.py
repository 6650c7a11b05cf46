"""`kill -9` at random moments: what was acknowledged is kept, and nobody hears anything twice."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Event

from tests.acceptance.processes import eventually
from tests.acceptance.town import ASK, Contact, Organization, Town, all_at_once

CONTACTS = 75
WORKER_KILLS = 4
WEB_KILLS = 2
WRITERS = 8
EACH_TIME = 7
"""What each of them has said on average before the next kill."""

FAULTS: dict[str, dict[str, float]] = {
    "429": {"probability": 0.06},
    "500": {"probability": 0.04},
    "500_created": {"probability": 0.05},
    "reset_created": {"probability": 0.05},
    "list_lag": {"probability": 0.7, "seconds": 1.5},
    "callback_dropped": {"probability": 0.3},
    "callback_doubled": {"probability": 0.1},
    "callback_out_of_order": {"probability": 0.1},
    "callback_late": {"probability": 0.2, "seconds": 3.0},
    "inbound_doubled": {"probability": 0.1},
    "inbound_dropped": {"probability": 0.1},
}
OUTCOMES = {
    "answers yes": ("opted_in", "Thank you. You have opted in"),
    "answers no": ("opted_out", "You have opted out of messages"),
    "never answers": ("requested", None),
}
SWEEPING = {"SWEEP_SECONDS": "5"}


def test_killed_workers_repeat_and_lose_nothing(sqlite_town: Town) -> None:
    """On one database, for it takes a while; `make chaos` does it for long, and on both."""
    town = sqlite_town
    dice = random.Random(20261122)
    slow = town.organization("Slow", channels=("whatsapp",), per_second=25)
    town.restart_worker(**SWEEPING)
    for fault, how in FAULTS.items():
        town.twilio.fault(fault, **how)

    asked = all_at_once(lambda number: _asked(slow, number), range(CONTACTS))
    _kill_workers(town, dice)
    for contact, behaviour in asked:
        contact.becomes(OUTCOMES[behaviour][0], 90)
    town.settles(90)

    assert town.waiting == {}
    assert _heard(town, asked) == _meant(asked)
    assert town.is_proved() >= 5 * CONTACTS // 3
    town.restart_worker()


def test_a_killed_web_process_keeps_what_it_acknowledged(acme: Organization) -> None:
    town, done = acme.town, Event()
    writers = [Writer(acme.contact(behaviour="answers yes")) for _ in range(WRITERS)]
    for one in writers:
        one.contact.is_asked()
    for one in writers:
        one.contact.becomes("opted_in")
    town.settles()
    # Without a worker nobody fetches what was not acknowledged.
    assert town.worker.stop() == 0

    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(one.write_on, done) for one in writers]
        try:
            _kill_web(town, random.Random(11), writers)
        finally:
            done.set()
    assert [one.result() for one in writing] == [None] * WRITERS

    for one in writers:
        assert set(one.kept.values()) == {1}
        assert one.acknowledged <= one.kept.keys() <= one.said
    # The sweep finds the rest, and only the rest.
    town.begins(town.worker)
    for one in writers:
        one.waits_until_all_is_found()
        assert set(one.kept.values()) == {1}
    assert town.is_proved()


@dataclass
class Writer:
    """A contact who writes without a pause, and remembers what was acknowledged."""

    contact: Contact
    said: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)

    def write_on(self, done: Event) -> None:
        """Write until it is done."""
        while not done.is_set():
            note = f"note {len(self.said)}"
            self.said.add(note)
            if self.contact.writes(note) == 200:
                self.acknowledged.add(note)
            else:
                done.wait(0.2)

    def waits_until_all_is_found(self) -> None:
        """Wait until all that was said is in the timeline."""
        eventually(lambda: self.kept.keys() == self.said, "the rest is found", 60, 0.3)

    @property
    def kept(self) -> Counter[str]:
        """The notes in the timeline."""
        lines = self.contact.whole_timeline
        return Counter(line["text"] for line in lines if line["text"].startswith("note "))


def _asked(organization: Organization, number: int) -> tuple[Contact, str]:
    behaviour = list(OUTCOMES)[number % len(OUTCOMES)]
    contact = organization.contact(behaviour=behaviour)
    assert contact.is_asked().status_code == 202
    return contact, behaviour


def _kill_workers(town: Town, dice: random.Random) -> None:
    """Kill one worker after the other while the next is at work already."""
    at_work, next_one = town.worker, town.second_worker
    for _ in range(WORKER_KILLS):
        town.begins(next_one, **SWEEPING)
        time.sleep(dice.uniform(0.0, 0.8))
        at_work.kill()
        at_work, next_one = next_one, at_work
    assert at_work is town.worker


def _meant(asked: list[tuple[Contact, str]]) -> Counter[tuple[str, str]]:
    meant = Counter({(contact.phone, ASK): 1 for contact, _ in asked})
    for contact, behaviour in asked:
        answer = OUTCOMES[behaviour][1]
        if answer:
            meant[contact.phone, answer] += 1
    return meant


def _heard(town: Town, asked: list[tuple[Contact, str]]) -> Counter[tuple[str, str]]:
    phones = {contact.phone for contact, _ in asked}
    beginnings = [answer for _, answer in OUTCOMES.values() if answer]
    heard: Counter[tuple[str, str]] = Counter()
    for (phone, text), count in town.twilio.heard.items():
        known = next((start for start in beginnings if text.startswith(start)), text)
        if phone in phones:
            heard[phone, known] += count
    return heard


def _kill_web(town: Town, dice: random.Random, writers: list[Writer]) -> None:
    """Kill it each time in the middle of work, however slow the machine is."""
    for kills in range(1, WEB_KILLS + 1):
        enough = kills * EACH_TIME * WRITERS
        eventually(partial(_were_heard, writers, enough), "enough is taken", 60)
        time.sleep(dice.uniform(0.0, 0.3))
        town.web.kill()
        town.start_web()


def _were_heard(writers: list[Writer], times: int) -> bool:
    return sum(len(one.acknowledged) for one in writers) >= times
