"""When free text passes: the 24-hour window, and STOP."""

import pytest
from twilio.base.exceptions import TwilioRestException

from .desk import PERSON, SMS, WHATSAPP, Desk
from .receiver import Receiver

TO = f"whatsapp:{PERSON}"


@pytest.mark.parametrize(
    ("hours", "status", "code"),
    [(0, "read", None), (23.99, "read", None), (24, "failed", 63016), (50, "failed", 63016)],
)
def test_text_passes_for_24_hours_after_the_customer_wrote(
    desk: Desk, hours: float, status: str, code: int | None
) -> None:
    desk.hears(PERSON, "hello")
    desk.waits(hours)

    assert desk.fate(desk.send(TO, "how are you?").sid) == (status, code)


def test_without_a_word_from_the_customer_only_templates_pass(desk: Desk) -> None:
    text = desk.send(TO, "hello")

    assert text.status == "queued"
    assert desk.fate(text.sid) == ("failed", 63016)
    assert desk.statuses(text.sid) == ["queued", "failed"]
    assert desk.fate(desk.ask(PERSON).sid) == ("read", None)


def test_a_window_belongs_to_one_sender(desk: Desk) -> None:
    desk.hears(PERSON, "hello")

    other = desk.send(TO, "hello", from_="whatsapp:+4930123456")

    assert desk.fate(other.sid) == ("failed", 63016)


def test_a_word_by_sms_opens_no_window_on_whatsapp(desk: Desk) -> None:
    desk.hears(PERSON, "hello", to=SMS)

    assert desk.fate(desk.send(TO, "hello").sid) == ("failed", 63016)


def test_stop_by_sms_is_obeyed_until_start(desk: Desk) -> None:
    desk.hears(PERSON, " stop ", to=SMS)

    with pytest.raises(TwilioRestException) as refused:
        desk.send(PERSON, "hello")
    assert refused.value.code == 21610
    assert desk.send(PERSON, "hello", from_="+4930123456").status == "queued"

    desk.hears(PERSON, "START", to=SMS)
    assert desk.send(PERSON, "hello").status == "queued"


def test_stop_on_whatsapp_blocks_nothing(desk: Desk) -> None:
    desk.hears(PERSON, "STOP")

    assert desk.fate(desk.send(TO, "goodbye").sid) == ("read", None)


def test_advanced_opt_out_tells_what_it_obeyed(listening: Desk, receiver: Receiver) -> None:
    more = {"service": "MG" + "4" * 32, "advanced_opt_out": True}
    for sender in (WHATSAPP, SMS):
        listening.control("POST", "/senders", {"address": sender, **more})

    for text in ("stop ", "please stop", "Start", "INFO"):
        listening.hears(PERSON, text)

    told = [taken.params.get("OptOutType") for taken in receiver.taken]
    assert told == ["STOP", None, "START", "HELP"]
    listening.hears(PERSON, "STOP", to=SMS)
    sent = listening.send(PERSON, "hello?")
    assert listening.fate(sent.sid) == ("failed", 21610), "taken, and known later"
    listening.hears(PERSON, "START", to=SMS)
    assert listening.fate(listening.send(PERSON, "hello!").sid) == ("delivered", None)


def test_without_it_whatsapp_obeys_nothing_and_tells_nothing(
    listening: Desk, receiver: Receiver
) -> None:
    listening.hears(PERSON, "STOP")
    listening.hears(PERSON, "STOP", to=SMS)
    assert not any("OptOutType" in taken.params for taken in receiver.taken)
    assert listening.fate(listening.ask(PERSON).sid)[0] == "read"
