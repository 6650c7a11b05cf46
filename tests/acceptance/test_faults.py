"""Twilio misbehaves, processes are told to stop, the database is kept from us."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.acceptance.processes import eventually
from tests.acceptance.town import ASK, Contact, Line, Organization, Town

TAKEN = ("sent", "delivered", "read")
"""Statuses of a message that Twilio has taken."""

# ---- Twilio ----


def test_rejected_credentials_pause_the_queue(acme: Organization) -> None:
    town, people = acme.town, [acme.contact() for _ in range(3)]
    town.settles()
    town.twilio.fault("401", probability=1.0)
    begun = town.twilio.last_exchange

    for jo in people:
        jo.is_asked()
    problem = eventually(lambda: town.problems.get("sending paused"), "the problem is shown", 60)
    eventually(lambda: town.waiting == {"queued": 3}, "calls that were under way are answered", 30)
    tried = len(town.twilio.creations_since(begun))
    time.sleep(2)  # ten looks into the queue

    assert "rejected the credentials" in problem["words"]
    assert len(town.twilio.creations_since(begun)) == tried <= len(people)
    assert [jo.phone_shows for jo in people] == [[], [], []]
    assert town.waiting == {"queued": 3}

    # The operator corrects the token and starts the worker with it.
    town.twilio.heal()
    town.restart_worker()

    for jo in people:
        jo.hears("ask")
        assert jo.phone_shows == [ASK]


def test_too_many_requests_are_made_again_later(acme: Organization) -> None:
    town, people = acme.town, [acme.contact() for _ in range(5)]
    town.settles()
    begun = town.twilio.last_exchange
    town.twilio.fault("429", next=10, seconds=1)

    for jo in people:
        jo.is_asked()
    for jo in people:
        jo.hears("ask")

    assert [jo.phone_shows for jo in people] == [[ASK]] * 5
    made = [one["status"] for one in town.twilio.creations_since(begun)]
    assert sorted(made) == [201] * 5 + [429] * 10


def test_a_call_that_hangs_is_looked_for_and_not_repeated(acme: Organization) -> None:
    town, jo = acme.town, acme.contact()
    # Only what the callbacks do not tell has to be looked for.
    town.twilio.fault("callback_dropped", probability=1.0)
    town.twilio.fault("hang", next=1, seconds=6)
    begun = town.twilio.last_exchange

    jo.is_asked()
    eventually(lambda: _lists_about(jo, begun), "it is looked for", 30)
    assert acme.api.get("/contacts", limit=1).ok
    jo.hears("ask", *TAKEN)

    time.sleep(2)
    assert jo.phone_shows == [ASK]


def _lists_about(jo: Contact, begun: int) -> list[Line]:
    lists = jo.organization.town.twilio.lists_since(begun)
    return [one for one in lists if jo.phone.removeprefix("+") in one["url"]]


@pytest.mark.parametrize("fault", ["500", "500_created", "reset_created"])
def test_a_call_without_a_clear_answer_is_heard_once(acme: Organization, fault: str) -> None:
    town, jo = acme.town, acme.contact()
    town.twilio.fault("callback_dropped", probability=1.0)
    town.twilio.fault(fault, next=1)
    begun = town.twilio.last_exchange

    jo.is_asked()
    jo.hears("ask", *TAKEN)

    assert jo.phone_shows == [ASK]
    assert len(town.twilio.creations_since(begun)) == (2 if fault == "500" else 1)


def test_what_no_webhook_brought_is_found_by_the_sweep(acme: Organization) -> None:
    town = acme.town
    says_yes, stops = acme.contact(), acme.contact()
    for jo in (says_yes, stops):
        jo.is_asked()
        jo.hears("ask")
    town.twilio.fault("inbound_dropped", probability=1.0)
    says_yes.writes("yes")
    stops.writes("STOP")
    assert (says_yes.state, stops.state) == ("requested", "requested")

    town.restart_worker(SWEEP_SECONDS="1")

    says_yes.becomes("opted_in")
    stops.becomes("opted_out")
    # Later sweeps see the same messages again.
    seen = len(town.twilio.lists_since(0))
    senders = len(town.asks("sender", "list"))
    eventually(lambda: len(town.twilio.lists_since(0)) > seen + 2 * senders, "it sweeps on", 60)
    for jo in (says_yes, stops):
        assert [entry.get("via") for entry in jo.ledger] == [None, "sweep"]
        assert len(jo.lines("in")) == 1
    town.restart_worker()


# ---- told to stop ----


def test_the_web_process_answers_before_it_stops(acme: Organization) -> None:
    town = acme.town
    people = [acme.contact() for _ in range(8)]

    with ThreadPoolExecutor(len(people)) as pool:
        with town.nobody_writes():
            answers = [pool.submit(jo.writes, "Hello?") for jo in people]
            time.sleep(2)  # all are taken by then, and none for so long that it is answered 503
            assert not any(answer.done() for answer in answers)
            town.web.ask_to_stop()
            time.sleep(0.5)
        statuses = [answer.result() for answer in answers]
        code = town.web.stop()

    assert statuses == [200] * len(people)
    left = (town.web_site.answers("/healthz"), town.web.survivors)
    town.start_web()
    # Asked twice: the second signal may find a server that no longer listens for signals.
    assert code in (0, -signal.SIGTERM)
    assert left == (None, False)
    for jo in people:
        assert len(acme.api.get(f"/contacts/{jo.id}").json()["conversations"]) == 1


def test_the_worker_finishes_its_calls_before_it_stops(town: Town) -> None:
    calm = town.organization("Steady", channels=("whatsapp",), per_second=10)
    # All are asked before the first call is made, however long the asking takes.
    assert town.worker.stop() == 0
    people = calm.crowd(24)
    town.twilio.fault("hang", probability=0.5, seconds=1)
    town.begins(town.worker)
    eventually(lambda: town.waiting.get("sending", 0) > 2, "calls are under way", 30, 0.01)

    code = town.worker.stop()

    assert (code, town.worker.survivors) == (0, False)
    left = town.waiting
    assert left.keys() == {"queued"}, left
    town.twilio.heal()
    town.begins(town.worker)
    town.settles()
    assert [jo.phone_shows for jo in people] == [[ASK]] * len(people)


# ---- somebody writes and does not let go ----


def test_a_writer_who_does_not_let_go_is_answered_503(acme: Organization) -> None:
    town = acme.town
    if town.database.name != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the database")
    jo = acme.contact()
    jo.is_asked()
    jo.hears("ask")

    with ThreadPoolExecutor(3) as pool, town.nobody_writes():
        written = pool.submit(jo.writes, "yes")
        asked = pool.submit(acme.api.post, "/contacts", {"name": "Al", "phone": "+4930123456"})
        ready = pool.submit(town.web_site.get, "/readyz")
        assert acme.api.get("/contacts", limit=1).status_code == 200
        assert written.result() == 503
        assert (asked.result().status_code, asked.result().json()["code"]) == (503, "unavailable")
        assert ready.result().status_code == 503

    assert town.twilio.replay(jo.sids[0]) == 200
    jo.becomes("opted_in")
    assert town.web_site.get("/readyz").status_code == 200
