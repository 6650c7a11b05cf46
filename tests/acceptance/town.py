"""A whole installation: web, worker and a stand-in for Twilio, with people who write to each other.

Everything goes over HTTP and by the set-up commands, as it does for whoever runs the server; those
run in this process, for it is quicker. Only the ledger is read from the database, and nothing there
is ever written.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import time
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from click.testing import Result
from sqlalchemy import text as sql

from bot.store.db import Database, open_database
from tests.acceptance.processes import (
    ROOT,
    Process,
    eventually,
    free_port,
    procfile,
    surroundings,
)
from tests.acceptance.sites import Site
from tests.acceptance.twilio import ACCOUNT, QUICK, TEMPLATE, TOKEN, Twilio
from tests.terminals import typed

DAY = timedelta(hours=24)
SAFE_SECONDS = 4.0
"""Longer than the stand-in's list ever lags here."""

TEXTS = tomllib.loads((ROOT / "flows" / "texts" / "en.toml").read_text(encoding="utf-8"))
ASK = TEXTS["contact"]["ask"].format(business="Acme")
"""What the template of every organization here shows."""

Line = dict[str, Any]

_phones = itertools.count(4915_110_000_000)
_senders = itertools.count(15_552_000_000)


class Town:
    """One installation, started afresh on an empty database."""

    def __init__(self, database_url: str, folder: Path) -> None:
        port = free_port()
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self.web_site = Site(self.url)
        self.twilio = Twilio(folder, f"{self.url}/twilio/inbound")
        self.ahead = timedelta()
        self.environment = surroundings(
            folder,
            PORT=str(port),
            DATABASE_URL=database_url,
            PUBLIC_URL=self.url,
            SECRET_KEY="0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            TWILIO_ACCOUNT_SID=ACCOUNT,
            TWILIO_AUTH_TOKEN=TOKEN,
            TWILIO_API_URL=self.twilio.url,
            SIMULATOR="1",
            TWILIO_TIMEOUT="3",
            OUTBOX_SAFE_SECONDS=str(SAFE_SECONDS),
            SWEEP_SECONDS="600",
        )
        lines = procfile()
        self.release_line = lines["release"]
        self.web = Process("web", lines["web"], self.environment, folder)
        self.worker = Process("worker", lines["worker"], self.environment, folder)
        self.second_worker = Process("worker-2", lines["worker"], self.environment, folder)
        self.known_secrets = [TOKEN]
        self._settled: dict[str, Organization] = {}

    @classmethod
    def start(cls, database_url: str, folder: Path) -> Town:
        """Migrate the database and start every process."""
        town = cls(database_url, folder)
        try:
            town.twilio.start()
            town.release()
            town.start_web()
            town.begins(town.worker)
            town.twilio.show_template(TEMPLATE, ASK)
        except BaseException:
            town.end()
            raise
        return town

    def end(self) -> None:
        """End every process."""
        for process in self.processes:
            process.clear_away()
        if "database" in vars(self):
            self.database.close()

    @property
    def processes(self) -> tuple[Process, ...]:
        """Everything that runs, or may run."""
        return self.web, self.worker, self.second_worker, self.twilio.process

    # ---- the operator ----

    def release(self) -> None:
        """Run the Procfile's `release`."""
        ran = subprocess.run(
            ["sh", "-c", self.release_line], cwd=ROOT, env=self.environment,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, f"{self.release_line}:\n{ran.stdout}{ran.stderr}"

    def command(self, *words: str) -> str:
        """Run `flask` with these words; what it printed."""
        ran = self.tries_command(*words)
        assert ran.exit_code == 0, f"flask {' '.join(words)}:\n{ran.output}"
        return ran.stdout

    def tries_command(self, *words: str) -> Result:
        """Run `flask` with these words, whatever comes of it."""
        return typed(self.environment, *words)

    def asks(self, *words: str) -> Any:
        """Run `flask` with these words and `--json`; what it printed, read."""
        return json.loads(self.command(*words, "--json"))

    def advance(self, time: timedelta) -> None:
        """Move the clock that conversations live by, and the stand-in's with it."""
        self.command("clock", "advance", f"{time.total_seconds():.6f}s")
        self.ahead += time
        self.twilio.advance(time.total_seconds())

    @property
    def now(self) -> datetime:
        """The moment that conversations live by."""
        return datetime.now(UTC) + self.ahead

    def organization(
        self,
        name: str,
        *options: str,
        channels: Iterable[str] = ("whatsapp", "sms"),
        per_second: int = 1000,
    ) -> Organization:
        """Set up an organization: senders, a template and a token."""
        made = self.asks("org", "add", name, *options)
        number = f"+{next(_senders)}"
        addresses = {"whatsapp": f"whatsapp:{number}", "sms": number}
        for channel in channels:
            template = ("--template", f"en={TEMPLATE}") if channel == "whatsapp" else ()
            rate = ("--per-second", str(per_second))
            self.command("sender", "add", name, addresses[channel], *template, *rate)
        secret = self.command("token", "add", "--org", name, "--name", "crm").strip()
        self.known_secrets.append(secret)
        api = Site(f"{self.url}/api/v1", secret)
        return Organization(self, made["id"], name, addresses, api)

    def settled(self, name: str, *options: str) -> Organization:
        """An organization that stays for all tests; set up when it is first asked for."""
        if name not in self._settled:
            self._settled[name] = self.organization(name, *options)
        return self._settled[name]

    def start_web(self, **settings: str) -> None:
        """Start the web process and wait until it is ready."""
        self.web.start(**settings)
        self.is_ready()

    def is_ready(self, seconds: float = 60) -> None:
        """Wait until webhooks can be taken."""
        eventually(lambda: self._says_ready(), "the web process is ready", seconds)

    def kill_worker(self) -> None:
        """`kill -9` the worker."""
        self.worker.kill()

    def restart_worker(self, **settings: str) -> None:
        """Stop the worker if it runs, and start it with settings changed."""
        if self.worker.is_running:
            assert self.worker.stop() == 0
        self.begins(self.worker, **settings)

    def mend(self) -> None:
        """Lift all faults, and start what does not run."""
        self.twilio.heal()
        if not self.web.is_running:
            self.start_web()
        if not self.worker.is_running:
            self.begins(self.worker)

    def begins_afresh(self) -> None:
        """Bring back what a test may rely on: usual settings and pace, no pause, no mail."""
        for process in (self.web, self.worker, self.second_worker):
            process.clear_away()
        self.twilio.set_pace(**QUICK)
        self.mend()
        # What cannot arrive is said by the test that it belongs to.
        with suppress(AssertionError):
            self.settles()

    def begins(self, worker: Process, **settings: str) -> None:
        """Start a worker and wait until it works: before that a signal ends it as any program."""
        before = worker.written.count("worker_started")
        worker.start(**settings)
        eventually(lambda: worker.written.count("worker_started") > before, "it works", 60)

    # ---- the onlooker ----

    @property
    def waiting(self) -> dict[str, int]:
        """How many messages have not reached Twilio yet, by what keeps them."""
        return self._gauge("assent_outbox", "status")

    @property
    def metrics(self) -> str:
        """The metrics as they are scraped."""
        return self.web_site.get("/metrics").text

    @property
    def problems(self) -> dict[str, Line]:
        """What a person should look at, by kind."""
        return {one["kind"]: one for one in self.asks("problems", "list")}

    def settles(self, seconds: float = 60) -> None:
        """Wait until nothing is on its way any more."""
        eventually(lambda: self._is_quiet(), "everything has arrived", seconds, 0.2)

    def is_proved(self, conversation: str | None = None) -> int:
        """Have the evidence verified; gives back how many entries there are."""
        only = ("--conversation", conversation) if conversation else ()
        ran = self.tries_command("evidence", "verify", "--json", *only)
        found = json.loads(ran.stdout)
        assert (ran.exit_code, found["wrong"], found["faults"]) == (0, 0, [])
        return int(found["entries"])

    @cached_property
    def database(self) -> Database:
        """The database, to read the ledger from or to stand in its way."""
        return open_database(self.environment["DATABASE_URL"], pool_size=5)

    @contextmanager
    def nobody_writes(self) -> Iterator[None]:
        """Keep every other process from writing what contacts sent, from outside, for a while."""
        with self.database.writing() as connection:
            if self.database.name == "postgresql":
                connection.execute(sql("LOCK TABLE arrival IN ACCESS EXCLUSIVE MODE"))
            yield

    def _gauge(self, name: str, label: str) -> dict[str, int]:
        start = f'{name}{{{label}="'
        lines = [line for line in self.metrics.splitlines() if line.startswith(start)]
        pairs = (line.removeprefix(start).split('"} ') for line in lines)
        return {key: int(float(value)) for key, value in pairs}

    def _says_ready(self) -> bool:
        answer = self.web_site.answers("/readyz")
        assert self.web.is_running, f"the web process ended:\n{self.web.written[-2000:]}"
        return answer is not None and answer.status_code == 200

    def _is_quiet(self) -> bool:
        on_their_way = {key: count for key, count in self.waiting.items() if key != "uncertain"}
        return not on_their_way and self.twilio.is_idle and not self.waiting.keys() - {"uncertain"}


@dataclass(frozen=True)
class Organization:
    """A tenant, through the token of one of its other systems."""

    town: Town
    id: str
    name: str
    senders: dict[str, str]
    api: Site

    def contact(self, phone: str | None = None, **how: Any) -> Contact:
        """Add a contact, who behaves as told; without a phone they get one of their own."""
        phone = phone or f"+{next(_phones)}"
        if how:
            self.town.twilio.customer(phone, **how)
        answer = self.api.post("/contacts", {"name": "Jo", "phone": phone, "language": "en"})
        assert answer.status_code == 201, answer.text
        return Contact(self, phone, answer.json()["id"])

    def crowd(self, count: int, **how: Any) -> list[Contact]:
        """Add many contacts, and ask each of them."""
        return all_at_once(lambda _: self._asked_contact(how), range(count))

    def count(self, state: str) -> int:
        """How many contacts have a conversation in this state."""
        count, query = 0, {"state": state, "limit": "200"}
        while True:
            page = self.api.get("/contacts", **query).json()
            count += len(page["items"])
            if page["next"] is None:
                return count
            query["cursor"] = page["next"]

    def may_send(self, phone: str, channel: str = "whatsapp") -> Line:
        """Whether this number may be written to now, and how."""
        answer = self.api.get("/may-send", phone=phone, channel=channel)
        assert answer.status_code == 200, answer.text
        given: Line = answer.json()
        return given

    def _asked_contact(self, how: dict[str, Any]) -> Contact:
        contact = self.contact(**how)
        assert contact.is_asked().status_code == 202
        return contact


@dataclass
class Contact:
    """A contact, and the conversation that the organization has with them on one channel."""

    organization: Organization
    phone: str
    id: str
    channel: str = "whatsapp"
    conversation: str = ""
    sids: list[str] = field(default_factory=list)

    # ---- what the organization does ----

    def is_asked(self, basis: str = "existing client", **more: str) -> requests.Response:
        """An agent asks for consent."""
        body = {"basis": basis, "channel": self.channel, **more}
        answer = self._api.post(f"/contacts/{self.id}/opt-in", body)
        if answer.status_code == 202:
            self.conversation = answer.json()["id"]
        return answer

    def by_sms(self) -> Contact:
        """Go on by SMS: the same contact on the other channel."""
        answer = self._api.post(f"/contacts/{self.id}/sms")
        assert answer.status_code == 201, answer.text
        return replace(self, channel="sms", conversation=answer.json()["id"])

    def is_written(self, text: str = "", **more: Any) -> requests.Response:
        """An agent writes to them: a text, or a template."""
        body = {"text": text, **more} if text else more
        return self._api.post(f"/conversations/{self.conversation}/messages", body)

    def withdraws_elsewhere(self, reason: str = "said so on the phone") -> requests.Response:
        """An agent enters an opt-out."""
        path = f"/conversations/{self.conversation}/withdraw"
        return self._api.post(path, {"reason": reason})

    # ---- what the contact does ----

    def writes(self, text: str, **more: Any) -> int | None:
        """They write; the status that the webhook was answered with, None if it got no answer."""
        heard = self._town.twilio.hears(self._address, self._sender, text, **more)
        self.sids.append(heard["sid"])
        status: int | None = heard["webhook"]["status"] if heard["webhook"] else None
        return status

    def taps(self, title: str, payload: str) -> int | None:
        """They tap a button."""
        return self.writes("", button={"text": title, "payload": payload})

    # ---- what can be seen ----

    def becomes(self, state: str, seconds: float = 40) -> Contact:
        """Wait until their conversation is in a state."""
        eventually(lambda: self.state == state, f"{self.state} becomes {state}", seconds)
        return self

    @property
    def seen(self) -> Line:
        """The conversation as the API shows it."""
        answer = self._api.get(f"/conversations/{self.conversation}")
        assert answer.status_code == 200, answer.text
        given: Line = answer.json()
        return given

    @property
    def state(self) -> str:
        """The state of the conversation."""
        return str(self.seen["state"])

    @property
    def timeline(self) -> list[Line]:
        """The timeline."""
        answer = self._api.get(f"/conversations/{self.conversation}/timeline", limit=500)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    @property
    def whole_timeline(self) -> list[Line]:
        """The timeline, page by page."""
        lines: list[Line] = []
        path, after = f"/conversations/{self.conversation}/timeline", 0
        while after is not None:
            page = self._api.get(path, limit=500, after=after).json()
            lines, after = lines + page["items"], page["next"]
        return lines

    @property
    def transcript(self) -> list[tuple[str, str]]:
        """Who said what: `in` and `out`, and the notices between."""
        return [(line["kind"], line["text"]) for line in self.timeline]

    def lines(self, kind: str, code: str | None = None) -> list[Line]:
        """The lines of a kind, perhaps only those with one code."""
        return [
            line
            for line in self.timeline
            if line["kind"] == kind and (code is None or line["code"] == code)
        ]

    def hears(self, code: str, *statuses: str, seconds: float = 40) -> Line:
        """Wait until the last message with this code has one of these statuses, else is read."""
        wanted = statuses or ("read",)
        return eventually(
            lambda: next(
                (line for line in self.lines("out", code)[-1:] if line["status"] in wanted), None
            ),
            f"{code} is {' or '.join(wanted)}",
            seconds,
        )

    @property
    def phone_shows(self) -> list[str]:
        """What their phone has really shown, on any channel."""
        return self._town.twilio.shown_to(self.phone)

    @property
    def ledger(self) -> list[Line]:
        """The bodies of the entries of the ledger."""
        query = sql("SELECT body FROM ledger WHERE conversation_id = :id ORDER BY seq")
        key = self.conversation.replace("-", "") if self._is_sqlite else self.conversation
        with self._town.database.reading() as connection:
            return [json.loads(body) for body in connection.scalars(query, {"id": key})]

    @property
    def recorded(self) -> list[str]:
        """The kinds of the entries of the ledger."""
        return [entry["kind"] for entry in self.ledger]

    @property
    def _town(self) -> Town:
        return self.organization.town

    @property
    def _api(self) -> Site:
        return self.organization.api

    @property
    def _address(self) -> str:
        return f"whatsapp:{self.phone}" if self.channel == "whatsapp" else self.phone

    @property
    def _sender(self) -> str:
        return self.organization.senders[self.channel]

    @property
    def _is_sqlite(self) -> bool:
        return self._town.database.name == "sqlite"


def all_at_once(work: Any, things: Iterable[Any], hands: int = 8) -> list[Any]:
    """Do something with everything, many at a time; the results in order."""
    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(work, things))


def wait_until(moment: float) -> None:
    """Sleep until a moment of the machine's clock."""
    time.sleep(max(0.0, moment - time.time()))
