"""Much at the same moment: one message a hundred times, yes against the clock, two workers."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from tests.acceptance.processes import eventually
from tests.acceptance.town import DAY, Contact, Organization, Town, all_at_once


@pytest.fixture(scope="module")
def rush(town: Town) -> Organization:
    """An organization with a great many contacts."""
    return town.organization("Rush", channels=("whatsapp",))


def test_one_message_delivered_a_hundred_times_counts_once(acme: Organization) -> None:
    town, jo = acme.town, acme.contact()
    jo.is_asked()
    jo.hears("ask")
    town.twilio.fault("inbound_dropped", next=1)
    assert jo.writes("yes") is None
    assert jo.recorded == ["consent.requested"]

    answers = all_at_once(lambda _: town.twilio.replay(jo.sids[0]), range(100), hands=50)

    assert answers == [200] * 100
    jo.becomes("opted_in").hears("welcome")
    town.settles()
    assert jo.recorded == ["consent.requested", "consent.given"]
    assert len(jo.lines("in")) == 1
    assert len(jo.phone_shows) == 2
    assert town.is_proved(jo.conversation) == 2


def test_a_message_that_was_spoilt_on_its_way_is_refused(acme: Organization) -> None:
    town, jo = acme.town, acme.contact()
    jo.is_asked()
    jo.hears("ask")
    town.twilio.fault("inbound_dropped", next=1)
    jo.writes("no")

    spoilt = ("Body", "From", "signature", "no signature")
    assert [town.twilio.replay(jo.sids[0], tamper=what) for what in spoilt] == [403] * 4
    assert (jo.state, jo.lines("in")) == ("requested", [])


def test_yes_against_the_clock_is_never_lost(rush: Organization) -> None:
    """Many say yes: in time, in the very second in which their time is up, and after it."""
    town = rush.town
    town.twilio.fault("callback_dropped", probability=1.0)
    contacts = rush.crowd(120)
    town.settles()
    due = sorted(all_at_once(_due_at, contacts))

    early, racing, late = contacts[:15], contacts[15:105], contacts[105:]

    answers = all_at_once(_says_yes, early)
    with ThreadPoolExecutor() as pool:
        raced = pool.submit(all_at_once, _says_yes, racing, hands=4)
        town.advance(due[-1] - town.now + timedelta(seconds=1))
        answers += raced.result()
    eventually(lambda: all(one.state == "no_answer" for one in late), "silence is noticed", 60)
    answers += all_at_once(_says_yes, late)

    assert answers == [200] * len(contacts)
    for contact in contacts:
        contact.becomes("opted_in")
    notices = [[line["code"] for line in one.lines("notice")] for one in contacts]
    told = Counter(tuple(codes) for codes in notices)
    in_time = told[("request_sent", "opted_in")]
    too_late = told[("request_sent", "no_answer", "opted_in")]
    assert in_time + too_late == len(contacts), told
    assert (in_time >= len(early), too_late >= len(late)) == (True, True), told
    assert town.is_proved() > 2 * len(contacts)


def test_two_workers_tell_of_each_silence_once(rush: Organization) -> None:
    town = rush.town
    town.twilio.fault("callback_dropped", probability=1.0)
    contacts = rush.crowd(150)
    town.settles()
    town.begins(town.second_worker)

    town.advance(DAY)

    eventually(lambda: rush.count("no_answer") == len(contacts), "all have been silent", 60, 0.5)
    assert town.second_worker.stop() == 0
    told = all_at_once(_notices, contacts)
    assert Counter(told) == {("request_sent", "no_answer"): len(contacts)}
    assert town.is_proved() > 2 * len(contacts)


def _notices(contact: Contact) -> tuple[str, ...]:
    return tuple(line["code"] for line in contact.lines("notice"))


def _says_yes(contact: Contact) -> int | None:
    return contact.writes("yes")


def _due_at(contact: Contact) -> datetime:
    return datetime.fromisoformat(contact.seen["due_at"])
