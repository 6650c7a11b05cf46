"""Webhooks that go astray: dropped, doubled, late, out of order, absurd."""

import pytest

from .desk import PERSON, Desk
from .receiver import Receiver


def test_a_callback_is_dropped(desk: Desk, receiver: Receiver) -> None:
    desk.chaos("callback_dropped")
    desk.ask(PERSON, status_callback=receiver.url + "/status")

    desk.settles()
    assert receiver.statuses() == ["delivered", "read"]


def test_a_callback_is_doubled(desk: Desk, receiver: Receiver) -> None:
    desk.chaos("callback_doubled")
    desk.ask(PERSON, status_callback=receiver.url + "/status")

    desk.settles()
    assert receiver.statuses() == ["sent", "sent", "delivered", "read"]
    first, second, *_ = receiver.taken
    assert (first.params, first.headers) == (second.params, second.headers)


def test_a_callback_is_late(desk: Desk, receiver: Receiver) -> None:
    desk.chaos("callback_late", seconds=1)
    desk.ask(PERSON, status_callback=receiver.url + "/status")

    receiver.wait_for(3)
    assert receiver.statuses() == ["delivered", "read", "sent"]


@pytest.mark.parametrize(
    ("times", "order"),
    [(1, ["delivered", "sent", "read"]), (2, ["read", "sent", "delivered"])],
)
def test_callbacks_come_out_of_order(
    desk: Desk, receiver: Receiver, times: int, order: list[str]
) -> None:
    desk.chaos("callback_out_of_order", next=times)
    desk.ask(PERSON, status_callback=receiver.url + "/status")

    receiver.wait_for(3)
    assert receiver.statuses() == order
    assert all(receiver.is_signed(one) for one in receiver.taken)


def test_what_is_held_back_comes_even_if_the_next_is_dropped(
    desk: Desk, receiver: Receiver
) -> None:
    desk.customer(PERSON, read_receipts=False)
    desk.chaos("callback_out_of_order")
    desk.chaos("callback_dropped")
    desk.ask(PERSON, status_callback=receiver.url + "/status")

    desk.settles()
    assert receiver.statuses() == ["sent"]


def test_a_message_fails_after_it_was_read(desk: Desk, receiver: Receiver) -> None:
    message = desk.ask(PERSON, status_callback=receiver.url + "/status")
    receiver.wait_for(3)

    absurd = {"status": "failed", "error_code": 63024}
    desk.settles().control("POST", f"/messages/{message.sid}/status", absurd)

    assert receiver.statuses() == ["sent", "delivered", "read", "failed"]
    assert receiver.taken[-1].params["ErrorCode"] == "63024"
    assert desk.fate(message.sid) == ("failed", 63024)


def test_a_status_of_nothing_is_refused(desk: Desk) -> None:
    desk.control("POST", "/messages/SM0/status", {"status": "sent"}, expect=400)


def test_callbacks_overtake_the_answer_to_create(desk: Desk, receiver: Receiver) -> None:
    desk.chaos("hang", seconds=1)

    desk.ask(PERSON, status_callback=receiver.url + "/status")

    assert receiver.statuses() == ["sent", "delivered", "read"]


def test_an_inbound_message_is_dropped_but_listed(listening: Desk, receiver: Receiver) -> None:
    listening.chaos("inbound_dropped")

    assert listening.hears(PERSON, "yes")["webhook"] is None
    assert receiver.taken == []
    assert [message.body for message in listening.client.messages.list()] == ["yes"]


def test_an_inbound_message_is_doubled(listening: Desk, receiver: Receiver) -> None:
    listening.chaos("inbound_doubled")
    listening.hears(PERSON, "yes")

    first, second = receiver.taken
    assert (first.params, first.headers) == (second.params, second.headers)
