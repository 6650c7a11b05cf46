"""What processes say of themselves, and what they leave behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.acceptance.conftest import new_database
from tests.acceptance.processes import eventually
from tests.acceptance.town import Organization, Town
from tests.acceptance.twilio import TOKEN

SECRET_WORDS = "My cat is called Rumpelstiltskin"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Town]:
    """An installation on an empty database, of which nothing runs yet."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/assent.db"
    else:
        url = new_database(request.getfixturevalue("postgres"), f"empty_{uuid4().hex[:8]}")
    town = Town(url, tmp_path)
    yield town
    town.end()


def test_processes_say_how_they_are_and_leave_nothing_behind(empty_town: Town) -> None:
    town = empty_town
    town.web.start()
    eventually(lambda: town.web_site.answers("/healthz"), "it lives", 60)

    alive = town.web_site.get("/healthz")
    behind = town.web_site.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert (behind.status_code, behind.json()["ready"]) == (503, False)
    assert "flask db upgrade" in behind.json()["migrations"]

    town.release()
    ready = town.web_site.get("/readyz")
    assert (ready.status_code, ready.json()["migrations"]) == (200, "current")
    assert "flask worker" in ready.json()["worker"]

    town.begins(town.worker)
    eventually(lambda: _worker(town) == "working", "the worker is seen", 60)
    assert "assent_heartbeat_age_seconds" in town.metrics

    assert (town.worker.stop(), town.web.stop()) == (0, 0)
    assert not town.worker.survivors
    assert not town.web.survivors
    left = [path for name in ("home", "tmp") for path in (town.folder / name).rglob("*")]
    assert left == []


def test_metrics_count_without_naming_anybody(acme: Organization) -> None:
    town, jo = acme.town, acme.contact(behaviour="answers yes")
    town.settles()
    before = _counted(town, 'assent_inbound_total{result="taken"}')
    jo.is_asked()
    jo.becomes("opted_in").hears("welcome")

    assert _counted(town, 'assent_inbound_total{result="taken"}') == before + 1
    assert town.waiting == {}
    assert jo.phone.lstrip("+") not in town.metrics
    assert town.web_site.get("/readyz").json()["worker"] == "working"


def test_logs_name_nobody_and_tell_no_secret(acme: Organization) -> None:
    """The last test of a town: the logs of everything that went before."""
    town, jo = acme.town, acme.contact(behaviour="answers yes")
    jo.is_asked()
    jo.becomes("opted_in")
    jo.writes(SECRET_WORDS)
    jo.is_written(SECRET_WORDS.upper())
    jo.hears("text")
    acme.may_send(jo.phone)
    assert town.twilio.replay(jo.sids[0], tamper="signature") == 403
    town.settles()

    messages = town.twilio.messages
    phones = {one[end] for one in messages for end in ("from", "to")}
    numbers = {phone.removeprefix("whatsapp:").removeprefix("+") for phone in phones}
    texts = {one["shown"] for one in messages if len(one["shown"]) > 12} | {SECRET_WORDS.upper()}
    assert SECRET_WORDS in texts
    for process in (town.web, town.worker, town.second_worker):
        written = process.written
        told = [secret for secret in town.known_secrets if secret in written]
        told += [number for number in _digits(written) if number in numbers]
        told += [text for text in texts if text in written]
        assert told == [], process.name
        assert "X-Twilio-Signature" not in written
        assert TOKEN not in written
        assert "unforeseen" not in written
    assert "worker_started" in town.worker.written


def _digits(text: str) -> set[str]:
    """Every number of at least eight digits, and its ends, in case something is written before."""
    return {
        number[start:end]
        for number in re.findall(r"\d{8,}", text)
        for start in range(len(number) - 7)
        for end in range(start + 8, len(number) + 1)
    }


def _worker(town: Town) -> str:
    return str(town.web_site.get("/readyz").json()["worker"])


def _counted(town: Town, name: str) -> float:
    lines = [line for line in town.metrics.splitlines() if line.startswith(name)]
    return float(lines[0].rsplit(" ", 1)[1]) if lines else 0.0
