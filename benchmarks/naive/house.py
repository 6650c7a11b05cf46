"""Contacts who have been asked, in the tables of the obvious way, each with its job."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert, text

from benchmarks.naive.app import engine_of, scheduler_of, wait_for_answer
from benchmarks.naive.models import Base, Contact, Conversation, Entry, Message, Notice
from benchmarks.places import Place
from benchmarks.town import QUESTION, phone

CHUNK = 5_000


def found_naively(place: Place, count: int) -> None:
    """Fill a database with so many contacts who have been asked an hour ago."""
    engine = engine_of(place.url)
    Base.metadata.create_all(engine)
    state = _pattern(place)
    for start in range(1, count + 1, CHUNK):
        _settle(engine, place.url, state, range(start, min(start + CHUNK, count + 1)))
    engine.dispose()


def _pattern(place: Place) -> dict[str, object]:
    """What the scheduler keeps of a job: taken from a real one, so that its table is there too."""
    scheduler = scheduler_of(place.url)
    scheduler.start(paused=True)
    wait_for_answer(scheduler, place.url, 0, datetime.now(UTC) + timedelta(hours=23))
    state: dict[str, object] = scheduler.get_job("silent-0").__getstate__()
    scheduler.remove_all_jobs()
    scheduler.shutdown()
    return state


def _settle(engine: Engine, url: str, state: dict[str, object], numbers: range) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    when = {"created_at": at, "conversation_id": 0}
    asked = {"direction": "out", "text": QUESTION, "status": "delivered"} | when
    told = {"text": "The opt-in request has been sent."} | when
    proved = {"kind": "consent.requested", "body": "{}", "previous": "", "hash": "0" * 64} | when
    moment = (at + timedelta(hours=24)).timestamp()
    jobs = [
        {
            "id": f"silent-{n}",
            "at": moment,
            "state": pickle.dumps(state | {"id": f"silent-{n}", "args": (url, n)}),
        }
        for n in numbers
    ]
    talks = [{"id": n, "contact_id": n, "state": "requested", "head": "0" * 64} for n in numbers]
    with engine.begin() as connection:
        people = [{"id": n, "name": f"Jo {n}", "phone": phone(n)} for n in numbers]
        connection.execute(insert(Contact), people)
        rest = {"version": 1, "updated_at": at}
        connection.execute(insert(Conversation), [talk | rest for talk in talks])
        for model, row in ((Message, asked), (Notice, told), (Entry, proved)):
            connection.execute(insert(model), [row | {"conversation_id": n} for n in numbers])
        keep = (
            "INSERT INTO apscheduler_jobs (id, next_run_time, job_state) VALUES (:id, :at, :state)"
        )
        connection.execute(text(keep), jobs)
