"""Customers who answer by themselves; each test is a conversation."""

import pytest

from .desk import (
    NOT_ON_WHATSAPP,
    PERSON,
    SAYS_NO,
    SAYS_YES,
    SILENT,
    TAPS_NO,
    TAPS_YES,
    TEMPLATE,
    Desk,
)
from .receiver import Receiver

ASKED = ("us", f"[{TEMPLATE}]", "read")


@pytest.mark.parametrize(
    ("phone", "answer"),
    [
        (SAYS_YES, [("them", "Yes", "received")]),
        (SAYS_NO, [("them", "No", "received")]),
        (TAPS_YES, [("them", "Yes", "received")]),
        (TAPS_NO, [("them", "No", "received")]),
        (SILENT, []),
        (PERSON, []),
    ],
)
def test_numbers_answer_as_they_are_known_to(
    desk: Desk, phone: str, answer: list[tuple[str, str, str]]
) -> None:
    desk.ask(phone)

    assert desk.transcript() == [ASKED, *answer]


def test_who_is_not_on_whatsapp_answers_nothing(desk: Desk) -> None:
    desk.ask(NOT_ON_WHATSAPP)

    assert desk.transcript() == [("us", f"[{TEMPLATE}]", "undelivered")]


def test_a_question_is_answered_once(desk: Desk) -> None:
    desk.ask(SAYS_YES)
    desk.settles().send(f"whatsapp:{SAYS_YES}", "Thank you!")

    assert desk.transcript() == [
        ASKED,
        ("them", "Yes", "received"),
        ("us", "Thank you!", "read"),
    ]


@pytest.mark.parametrize(
    ("behaviour", "language", "answer"),
    [
        ("answers yes", "de", "Ja"),
        ("answers no", "fr", "Non"),
        ("answers yes", "es", "Sí"),
        ("answers yes", "xx", "Yes"),
    ],
)
def test_customers_answer_in_their_language(
    desk: Desk, behaviour: str, language: str, answer: str
) -> None:
    desk.customer(PERSON, behaviour=behaviour, language=language)
    desk.ask(PERSON)

    assert desk.transcript() == [ASKED, ("them", answer, "received")]


def test_not_on_whatsapp_is_a_behaviour_too(desk: Desk) -> None:
    changed = desk.customer(PERSON, behaviour="not on WhatsApp")

    assert changed["reachable"] == "not on WhatsApp"
    assert desk.fate(desk.ask(PERSON).sid) == ("undelivered", 63003)


def test_a_changed_mind_is_heard_at_the_next_question(desk: Desk) -> None:
    desk.ask(SAYS_NO)
    desk.settles().customer(SAYS_NO, behaviour="answers yes")
    desk.ask(SAYS_NO)

    spoken = [text for who, text, _ in desk.transcript() if who == "them"]
    assert spoken == ["No", "Yes"]


def test_a_tap_carries_the_buttons_payload(listening: Desk, receiver: Receiver) -> None:
    asked = listening.ask(TAPS_NO)

    (taken,) = receiver.wait_for(1)
    assert (
        taken.params.items()
        >= {
            "Body": "No",
            "ButtonText": "No",
            "ButtonPayload": "no",
            "MessageType": "button",
            "OriginalRepliedMessageSid": asked.sid,
        }.items()
    )


def test_a_text_without_buttons_cannot_be_tapped(listening: Desk, receiver: Receiver) -> None:
    listening.send(TAPS_YES, "May we write to you?")

    (taken,) = receiver.wait_for(1)
    assert taken.params["Body"] == "Yes"
    assert "ButtonText" not in taken.params


def test_an_sms_is_answered_by_sms(listening: Desk, receiver: Receiver) -> None:
    listening.send(SAYS_YES, "May we write to you?")

    (taken,) = receiver.wait_for(1)
    assert taken.params["From"] == SAYS_YES
