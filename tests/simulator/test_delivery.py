"""What becomes of a message, and what the business is told of it."""

import re

import pytest
from twilio.base.exceptions import TwilioRestException

from .desk import ACCOUNT, NOT_ON_WHATSAPP, PERSON, WHATSAPP, Desk
from .receiver import Receiver

TO = f"whatsapp:{PERSON}"


def test_callbacks_tell_every_step_but_the_first(desk: Desk, receiver: Receiver) -> None:
    message = desk.ask(PERSON, status_callback=receiver.url + "/status/abc?n=1%2C2#rc=3&rp=all")

    receiver.wait_for(3)

    assert desk.statuses(message.sid) == ["queued", "sent", "delivered", "read"]
    assert receiver.statuses() == ["sent", "delivered", "read"]
    assert {one.path for one in receiver.taken} == {"/status/abc?n=1%2C2"}
    assert all(receiver.is_signed(one) for one in receiver.taken)


def test_a_callback_looks_like_twilios(desk: Desk, receiver: Receiver) -> None:
    message = desk.ask(PERSON, status_callback=receiver.url + "/status")

    sent, delivered, _ = receiver.wait_for(3)

    assert (
        sent.params.items()
        >= {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": "sent",
            "SmsStatus": "sent",
            "To": TO,
            "From": WHATSAPP,
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "ChannelPrefix": "whatsapp",
            "ChannelToAddress": "whatsapp:+1202555XXXX",
            "StructuredMessage": "false",
        }.items()
    )
    assert re.fullmatch("XE[0-9a-f]{32}", sent.params["ChannelInstallSid"])
    assert "ExternalUserId" not in sent.params
    assert delivered.params["ExternalUserId"].startswith("whatsapp:US.")
    assert sent.headers["User-Agent"] == "TwilioProxy/1.1"
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert len({one.headers["I-Twilio-Idempotency-Token"] for one in receiver.taken}) == 3


def test_an_sms_is_never_read(desk: Desk, receiver: Receiver) -> None:
    desk.send(PERSON, "hello", status_callback=receiver.url + "/status")

    _, delivered = receiver.wait_for(2)

    desk.settles()
    assert receiver.statuses() == ["sent", "delivered"]
    assert re.fullmatch(r"\d{10}", delivered.params["RawDlrDoneDate"])
    assert "ChannelPrefix" not in delivered.params


def test_a_failure_carries_its_code(desk: Desk, receiver: Receiver) -> None:
    desk.ask(NOT_ON_WHATSAPP, status_callback=receiver.url + "/status")

    _, failed = receiver.wait_for(2)

    assert failed.params["MessageStatus"] == "undelivered"
    assert failed.params["ErrorCode"] == "63003"
    assert failed.params["ErrorMessage"] == "Channel could not find To address"
    assert failed.params["ChannelStatusMessage"]
    assert receiver.is_signed(failed)


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        ("+12025550103", "read", None),
        ("+12025550104", "undelivered", 63003),
        ("+12025550105", "undelivered", 63024),
        ("+12025550106", "undelivered", 63014),
        ("+12025550109", "sent", None),
        ("+12025550110", "sent", None),
        ("+12025550111", "undelivered", 63003),
        ("+15005563049", "undelivered", 63049),
        ("+15005563018", "failed", 63018),
        ("+15005530008", "undelivered", 30008),
        ("+15005569999", "undelivered", 69999),
        ("+15005550006", "read", None),
    ],
)
def test_a_number_says_what_becomes_of_a_template(
    desk: Desk, number: str, status: str, code: int | None
) -> None:
    assert desk.fate(desk.ask(number).sid) == (status, code)


@pytest.mark.parametrize(
    ("number", "status", "http"),
    [
        ("+15005521211", 21211, 400),
        ("+15005521610", 21610, 400),
        ("+15005520429", 20429, 429),
        ("+15005520003", 20003, 401),
        ("+15005529999", 29999, 400),
        ("+15005550001", 21211, 400),
        ("+15005550002", 21612, 400),
        ("+15005550003", 21408, 400),
        ("+15005550004", 21610, 400),
        ("+15005550009", 21614, 400),
    ],
)
def test_a_number_says_what_it_is_refused_with(
    desk: Desk, number: str, status: int, http: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        desk.send(number, "hello")

    assert (refused.value.code, refused.value.status) == (status, http)
    assert desk.messages() == []


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        ("+12025550104", "delivered", None),
        ("+12025550109", "delivered", None),
        ("+12025550110", "sent", None),
        ("+12025550111", "delivered", None),
        ("+15005563003", "delivered", None),
        ("+15005530007", "undelivered", 30007),
    ],
)
def test_by_sms_only_sms_trouble_counts(
    desk: Desk, number: str, status: str, code: int | None
) -> None:
    assert desk.fate(desk.send(number, "hello").sid) == (status, code)


def test_who_hides_read_receipts_is_never_seen_reading(desk: Desk) -> None:
    desk.customer(PERSON, read_receipts=False)

    assert desk.fate(desk.ask(PERSON).sid) == ("delivered", None)


def test_a_phone_switched_on_gets_what_was_waiting(desk: Desk) -> None:
    desk.customer(PERSON, reachable="phone off")
    message = desk.ask(PERSON)
    assert desk.fate(message.sid) == ("sent", None)

    desk.customer(PERSON, reachable="everywhere")

    assert desk.statuses(message.sid) == ["queued", "sent", "delivered", "read"]


def test_a_customer_can_be_given_any_error(desk: Desk) -> None:
    desk.customer(PERSON, error_code=63049)

    assert desk.fate(desk.ask(PERSON).sid) == ("undelivered", 63049)
