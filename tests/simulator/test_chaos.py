"""Every fault, seen from the side that has to survive it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from tests.acceptance.processes import eventually

from .desk import ACCOUNT, PERSON, TOKEN, Desk


def created(desk: Desk) -> int:
    return len(desk.messages())


@pytest.mark.parametrize(
    ("fault", "status", "code", "messages"),
    [
        ("401", 401, 20003, 0),
        ("429", 429, 20429, 0),
        ("500", 500, 20500, 0),
        ("500_created", 500, 20500, 1),
    ],
)
def test_a_refusal_strikes_once_and_is_over(
    any_desk: Desk, fault: str, status: int, code: int, messages: int
) -> None:
    any_desk.chaos(fault, next=1)

    with pytest.raises(TwilioRestException) as refused:
        any_desk.ask(PERSON)

    assert (refused.value.status, refused.value.code) == (status, code)
    assert created(any_desk) == messages
    any_desk.ask(PERSON)
    assert created(any_desk) == messages + 1


def test_a_reset_breaks_the_connection_after_creating(any_desk: Desk) -> None:
    any_desk.chaos("reset_created")

    with pytest.raises(requests.RequestException) as broken:
        any_desk.ask(PERSON)

    assert isinstance(
        broken.value, requests.ConnectionError | requests.exceptions.ChunkedEncodingError
    )
    assert created(any_desk) == 1
    assert any_desk.ask(PERSON).status == "queued"


def test_a_hang_outlasts_the_client_and_creates(any_desk: Desk) -> None:
    any_desk.chaos("hang", seconds=0.4)
    impatient = any_desk.client_as(ACCOUNT, TOKEN, timeout=0.2)

    with pytest.raises(requests.ReadTimeout):
        impatient.messages.create(to=PERSON, from_="+15005550006", body="hello")

    (exchange,) = any_desk.answered(1)
    assert exchange["milliseconds"] >= 400
    assert created(any_desk) == 1


def test_a_429_says_when_to_come_back(desk: Desk) -> None:
    desk.chaos("429", seconds=7)
    answer = requests.post(
        f"{desk.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", auth=(ACCOUNT, TOKEN), timeout=5
    )

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize(("strikes", "lists"), [("create", True), ("list", False), ("any", False)])
def test_a_fault_strikes_where_it_is_told_to(desk: Desk, strikes: str, lists: bool) -> None:
    desk.chaos("500", strikes=strikes)

    if lists:
        assert desk.client.messages.list() == []
    else:
        with pytest.raises(TwilioException, match="20500"):
            desk.client.messages.list()


def test_a_list_lags_behind(desk: Desk) -> None:
    desk.send(PERSON, "old")
    desk.settles().waits(hours=1)
    desk.send(PERSON, "new")
    desk.chaos("list_lag", seconds=60, next=1)

    assert [message.body for message in desk.client.messages.list()] == ["old"]
    assert [message.body for message in desk.client.messages.list()] == ["new", "old"]


def test_chance_strikes_its_share(desk: Desk) -> None:
    desk.chaos("429", probability=0.5)
    struck = 0
    for _ in range(60):
        try:
            desk.send(PERSON, "hello")
        except TwilioRestException:
            struck += 1

    assert 15 < struck < 45
    assert created(desk) == 60 - struck


def test_faults_are_listed_and_lifted(desk: Desk) -> None:
    desk.chaos("429", next=3)
    (fault,) = desk.control("GET", "/chaos")["in_force"]
    assert (fault["fault"], fault["next"], fault["struck"]) == ("429", 3, 0)

    desk.control("DELETE", "/chaos")

    assert desk.control("GET", "/chaos")["in_force"] == []
    assert desk.ask(PERSON).status == "queued"


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "earthquake"},
        {},
        {"fault": "hang", "strikes": "list"},
        {"fault": "429", "often": 1},
        {"fault": "429", "next": "x"},
        {"fault": "429", "next": 0},
        {"fault": "429", "probability": 2},
        {"fault": "hang", "seconds": -1},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(desk: Desk, fault: dict[str, object]) -> None:
    assert "error" in desk.control("POST", "/chaos", fault, expect=400)


def test_a_hang_holds_up_nobody_else(any_desk: Desk) -> None:
    any_desk.chaos("hang", seconds=1)
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(Desk(any_desk.url).ask, PERSON)
        eventually(lambda: created(any_desk) == 1, "it is made, and not answered")

        any_desk.ask(PERSON)

        assert not held.done()
    assert [one["milliseconds"] >= 1000 for one in any_desk.answered(2)] == [False, True]
