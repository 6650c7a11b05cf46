"""`make chaos`: kill and disturb everything under load, and look for what was lost or doubled.

    python -m tests.chaos [--minutes 2] [--contacts 600] [--bulk 10000] [--seed 1]
                          [--database sqlite]

Real processes on each database. Contacts are asked and answer, while workers and web processes are
killed, PostgreSQL crashes, and the stand-in for Twilio does everything that Twilio may do wrong.
Then the storm ends, and the invariants are looked at one by one. Last, many are asked at once while
workers are killed, and each must have been asked once. The exit code is 1 if any does
not hold.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event

import requests

from tests.acceptance.conftest import new_database
from tests.acceptance.flood import Flood
from tests.acceptance.postgres import Postgres
from tests.acceptance.processes import Process, eventually
from tests.acceptance.town import ASK, Contact, Organization, Town, all_at_once

FAULTS: dict[str, dict[str, float]] = {
    "429": {"probability": 0.08},
    "500": {"probability": 0.05},
    "500_created": {"probability": 0.05},
    "reset_created": {"probability": 0.05},
    "hang": {"probability": 0.01, "seconds": 5},
    "list_lag": {"probability": 0.7, "seconds": 1.5},
    "callback_dropped": {"probability": 0.3},
    "callback_doubled": {"probability": 0.15},
    "callback_out_of_order": {"probability": 0.15},
    "callback_late": {"probability": 0.2, "seconds": 4},
    "inbound_doubled": {"probability": 0.1},
    "inbound_dropped": {"probability": 0.1},
}
STATES = {"answers yes": "opted_in", "answers no": "opted_out", "never answers": "requested"}
ANSWERS = {
    "answers yes": "Thank you. You have opted in",
    "answers no": "You have opted out of messages",
}
SWEEPING = {"SWEEP_SECONDS": "5"}


@dataclass
class Storm:
    """What is done to one installation, and what must be true of it afterwards."""

    town: Town
    organization: Organization
    stranger: Organization
    dice: random.Random
    postgres: Postgres | None = None
    asked: list[tuple[Contact, str]] = field(default_factory=list)
    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def blows(self, minutes: float, contacts: int) -> None:
        """Ask, answer and destroy for a while, then let everything settle."""
        for fault, how in FAULTS.items():
            self.town.twilio.fault(fault, **how)
        over = Event()
        with ThreadPoolExecutor(8) as pool:
            doing = [pool.submit(self._asks, contacts // 4, over) for _ in range(4)]
            doing += [pool.submit(self._writes, number, over) for number in range(2)]
            try:
                self._destroys(time.monotonic() + minutes * 60)
            finally:
                over.set()
            for one in doing:
                one.result()

    def ends(self) -> None:
        """Let the faults stop, and whatever is not running run."""
        self.town.twilio.heal()
        if not self.town.web.is_running:
            self.town.start_web()

    def _asks(self, count: int, over: Event) -> None:
        """Ask contacts one after the other, each until it is known to be done."""
        for number in range(count):
            behaviour = list(STATES)[number % len(STATES)]
            contact = self._asked(behaviour)
            self.asked.append((contact, behaviour))
            over.wait(self.dice.uniform(0.0, 0.15))

    def _writes(self, number: int, over: Event) -> None:
        """One contact writes all the time; what is acknowledged is remembered."""
        contact = self._asked("by hand")
        kept = self.acknowledged.setdefault(contact.conversation, set())
        while not over.is_set():
            note = f"note {number}/{self.counts['notes']}"
            self.counts["notes"] += 1
            if contact.writes(note) == 200:
                kept.add(note)
            over.wait(0.05)

    def _asked(self, behaviour: str) -> Contact:
        """A contact who was asked for certain, however often it had to be tried."""
        added = partial(self._added, behaviour)
        contact = eventually(added, "a contact is added", 120, 0.2)
        eventually(partial(self._requested, contact), "a contact is asked", 120, 0.2)
        return contact

    def _added(self, behaviour: str) -> Contact | None:
        try:
            return self.organization.contact(behaviour=behaviour)
        except (requests.RequestException, AssertionError):
            return None

    def _requested(self, contact: Contact) -> bool:
        try:
            answer = contact.is_asked()
        except requests.RequestException:
            return False
        if answer.status_code != 409:
            return answer.status_code == 202
        # An earlier try had come through, and only its answer was lost.
        found = self.organization.api.answers(f"/contacts/{contact.id}")
        if found is None or not found.ok:
            return False
        contact.conversation = found.json()["conversations"][0]["id"]
        return True

    def _destroys(self, end: float) -> None:
        workers = [self.town.worker, self.town.second_worker]
        self.town.restart_worker(**SWEEPING)
        while time.monotonic() < end:
            time.sleep(self.dice.uniform(0.1, 1.5))
            blow = self.dice.choices(("worker", "web", "database"), self._weights)[0]
            if blow == "worker":
                workers.reverse()
                self._replaces(*workers)
            elif blow == "web":
                self.town.web.kill()
                self.town.start_web()
            elif self.postgres:
                self.postgres.crash()
            self.counts[f"{blow} killed"] += 1
        if workers[0] is not self.town.worker:
            self._replaces(self.town.worker, self.town.second_worker)

    @property
    def _weights(self) -> tuple[int, int, int]:
        """How often each is struck; SQLite is no process that could be killed."""
        return (5, 3, 3) if self.postgres else (5, 3, 0)

    def _replaces(self, fresh: Process, old: Process) -> None:
        fresh.start(**SWEEPING)
        time.sleep(self.dice.uniform(0.5, 4.0))
        old.kill()

    # ---- what must be true ----

    def invariants(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Each invariant in words, and how to look: what is wrong, or nothing."""
        yield "I9  once all is well again it is ready, and everything leaves", self._settles
        yield "I6  every request ends as its contact answered, with one notice", self._outcomes
        yield "I1  every acknowledged message is there exactly once", self._acknowledged
        yield "I2  nobody heard anything twice, and nothing is missing", self._heard
        yield "I3  nothing was created after an opt-out but its confirmation", self._silence
        yield "I4, I5  every chain is whole and leads to the state", self._proved
        yield "I7  no shown status goes beyond what happened", self._statuses
        yield "I8  another organization finds nothing", self._apart
        yield "I10 logs name nobody and tell no secret", self._discreet

    def _settles(self) -> str:
        self.town.is_ready(30)
        for contact, behaviour in self.asked:
            contact.becomes(STATES[behaviour], 120)
        self.town.settles(90)
        return f"left in the outbox: {self.town.waiting}" if self.town.waiting else ""

    def _outcomes(self) -> str:
        notices = {
            "opted_in": ["request_sent", "opted_in"],
            "opted_out": ["request_sent", "opted_out"],
            "requested": ["request_sent"],
        }
        return _listed(
            contact.conversation
            for contact, behaviour in self.asked
            if [line["code"] for line in contact.lines("notice")] != notices[STATES[behaviour]]
        )

    def _acknowledged(self) -> str:
        wrong = []
        for conversation, notes in self.acknowledged.items():
            talk = Contact(self.organization, "", "", conversation=conversation)
            kept = Counter(line["text"] for line in talk.whole_timeline if line["kind"] == "in")
            wrong += [note for note in notes if kept[note] != 1]
            wrong += [note for note, count in kept.items() if count != 1]
        return _listed(wrong)

    def _heard(self) -> str:
        meant = Counter({(contact.phone, ASK): 1 for contact, _ in self.asked})
        for contact, behaviour in self.asked:
            if behaviour in ANSWERS:
                meant[contact.phone, ANSWERS[behaviour]] += 1
        phones = {contact.phone for contact, _ in self.asked}
        heard: Counter[tuple[str, str]] = Counter()
        for (phone, text), count in self.town.twilio.heard.items():
            known = next((one for one in ANSWERS.values() if text.startswith(one)), text)
            if phone in phones:
                heard[phone, known] += count
        return _listed(
            f"{key}: {count}" for key, count in ((heard - meant) | (meant - heard)).items()
        )

    def _silence(self) -> str:
        refused = {one.phone for one, behaviour in self.asked if behaviour == "answers no"}
        said_no: set[str] = set()
        wrong = []
        for one in self.town.twilio.messages:
            if one["direction"] == "inbound":
                said_no.add(one["from"].removeprefix("whatsapp:"))
                continue
            phone = one["to"].removeprefix("whatsapp:")
            if phone in refused & said_no and not one["shown"].startswith(ANSWERS["answers no"]):
                wrong.append(phone)
        return _listed(wrong)

    def _proved(self) -> str:
        self.counts["entries proved"] = self.town.is_proved()
        return ""

    def _statuses(self) -> str:
        rank = ("queued", "sent", "delivered", "read")
        reached = {
            one["to"].removeprefix("whatsapp:"): rank.index(one["status"])
            for one in self.town.twilio.messages
            if one["direction"] != "inbound" and one["shown"] == ASK
        }
        shown = (
            (contact.phone, line["status"])
            for contact, _ in self.asked
            for line in contact.lines("out", "ask")
        )
        return _listed(
            f"{phone}: {status}"
            for phone, status in shown
            if not rank.index("sent") <= rank.index(status) <= reached[phone]
        )

    def _apart(self) -> str:
        paths = [
            f"/conversations/{contact.conversation}/timeline" for contact, _ in self.asked[:50]
        ]
        paths += [f"/contacts/{contact.id}" for contact, _ in self.asked[:50]]
        answers = all_at_once(lambda path: self.stranger.api.get(path).status_code, paths)
        return _listed(path for path, code in zip(paths, answers, strict=True) if code != 404)

    def _discreet(self) -> str:
        secrets = [*self.town.known_secrets, *(one.phone[1:] for one, _ in self.asked), ASK]
        return _listed(
            f"{process.name}: {secret}"
            for process in (self.town.web, self.town.worker, self.town.second_worker)
            for secret in secrets
            if secret in process.written
        )


def main(words: list[str] | None = None) -> int:
    """Let it storm over each database; gives back the exit code."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=2.0, help="for each database; 0: none")
    parser.add_argument("--contacts", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bulk", type=int, default=10_000, help="contacts asked at once; 0: none")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    asked = parser.parse_args(words)
    verdicts = []
    for name in asked.database or ("sqlite", "postgresql"):
        if asked.minutes:
            verdicts.append(_storms(name, asked.minutes, asked.contacts, asked.seed))
        if asked.bulk:
            verdicts.append(_floods(name, asked.bulk, asked.seed))
    return 0 if all(verdicts) else 1


def _floods(name: str, contacts: int, seed: int) -> bool:
    say(f"\n{name}, seed {seed}: a bulk request of {contacts} contacts, and workers are killed")
    with _somewhere(name) as (url, folder, _):
        town = Town.start(url, folder)
        try:
            began = time.monotonic()
            flood = Flood.over(town, "Acme", contacts, per_second=500)
            campaign = flood.begins()
            flood.rages(campaign, kills=20, dice=random.Random(seed))
            flood.ends(campaign, 60 + contacts / 10)
            took = time.monotonic() - began
            held = [
                _holds("each was asked once", lambda: _listed(map(str, flood.wrong.items()))),
                _holds("every chain is whole", lambda: "" if town.is_proved() else "nothing"),
            ]
            say(f"  {flood.kills} workers killed, {took:.0f} s, {contacts / took:.0f} a second")
            return all(held)
        finally:
            town.end()


def _storms(name: str, minutes: float, contacts: int, seed: int) -> bool:
    say(f"\n{name}, seed {seed}: {minutes:g} minutes of storm over {contacts} contacts")
    with _somewhere(name) as (url, folder, postgres):
        town = Town.start(url, folder)
        try:
            organization = town.organization("Acme", channels=("whatsapp",), per_second=40)
            stranger = town.organization("Other", channels=())
            storm = Storm(town, organization, stranger, random.Random(seed), postgres)
            storm.blows(minutes, contacts)
            storm.ends()
            held = [_holds(words, look) for words, look in storm.invariants()]
            say("  " + ", ".join(f"{key} {count}" for key, count in storm.counts.items()))
            if not all(held):
                say(f"  The logs are kept in {_kept(folder)}.")
            return all(held)
        finally:
            town.end()


def _holds(words: str, look: Callable[[], str]) -> bool:
    try:
        wrong = look()
    except AssertionError as error:
        wrong = str(error) or "it does not"
    say(f"  {'no  ' if wrong else 'yes '} {words}{': ' + wrong if wrong else ''}")
    return not wrong


@contextmanager
def _somewhere(name: str) -> Iterator[tuple[str, Path, Postgres | None]]:
    """An empty database and a folder, which are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="assent-chaos-"))
    postgres = None
    try:
        if name == "sqlite":
            yield f"sqlite:///{folder}/assent.db", folder, None
            return
        postgres = Postgres(Path(tempfile.mkdtemp(prefix="assent-pg-")))
        yield new_database(postgres.url, "chaos"), folder, postgres
    finally:
        if postgres:
            postgres.end()
        shutil.rmtree(folder, ignore_errors=True)


def _kept(folder: Path) -> Path:
    kept = Path(tempfile.mkdtemp(prefix="assent-chaos-logs-"))
    for log in folder.glob("*.log"):
        shutil.copy(log, kept)
    return kept


def _listed(wrong: Iterator[str] | list[str]) -> str:
    found = list(wrong)
    return f"{len(found)} do not, the first {found[:3]}" if found else ""


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
