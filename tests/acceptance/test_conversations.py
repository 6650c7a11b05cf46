"""Conversations as agents and contacts have them, from the first request to the last word."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from tests.acceptance.town import ASK, DAY, TEXTS, Contact, Organization, Town, wait_until
from tests.acceptance.twilio import TEMPLATE

WELCOME, GOODBYE, DISCLAIMER = (
    TEXTS["contact"][name].format(business="Acme") for name in ("welcome", "goodbye", "disclaimer")
)

# What agents read is the product's own wording, letter for letter.
SENT = (
    "You have sent the contact an opt-in request. You will be able to message them after the "
    "contact accepts your request."
)
OPTED_IN = "Your Contact has opted in. You may continue to send/receive messages."
OPTED_OUT = "The contact has opted out. You can't send requests or messages to the contact anymore."
NO_ANSWER = (
    "The contact hasn't responded to the opt-in request for more than 24 hours. You can try "
    "sending the request again."
)
NOT_ON_WHATSAPP = "Your contact isn't a WhatsApp user. Would you like to send an SMS instead?"
BLOCKED = (
    "The contact has blocked or unsubscribed from this sender. You can't send requests or "
    "messages to the contact anymore."
)

# ---- the four outcomes ----


@pytest.mark.parametrize(("phone", "said"), [("+12025550101", "Yes"), ("+12025550107", "Yes")])
def test_the_contact_accepts(acme: Organization, phone: str, said: str) -> None:
    jo = acme.contact(phone)

    assert jo.is_asked().status_code == 202
    jo.becomes("opted_in").hears("welcome")

    assert jo.transcript == [
        ("out", ASK),
        ("notice", SENT),
        ("in", said),
        ("out", WELCOME),
        ("notice", OPTED_IN),
    ]
    assert jo.phone_shows == [ASK, WELCOME]
    assert jo.recorded == ["consent.requested", "consent.given"]
    assert jo.seen["actions"]["send_text"] == {"allowed": True, "reason": None, "allowed_at": None}


@pytest.mark.parametrize(("phone", "said"), [("+12025550102", "No"), ("+12025550108", "No")])
def test_the_contact_refuses(acme: Organization, phone: str, said: str) -> None:
    jo = acme.contact(phone)

    jo.is_asked()
    jo.becomes("opted_out").hears("goodbye")

    assert jo.transcript == [
        ("out", ASK),
        ("notice", SENT),
        ("in", said),
        ("out", GOODBYE),
        ("notice", OPTED_OUT),
    ]
    assert jo.phone_shows == [ASK, GOODBYE]
    assert jo.recorded == ["consent.requested", "consent.refused"]
    assert (jo.is_asked().status_code, jo.is_asked().json()["code"]) == (409, "opted_out")
    assert (jo.is_written("Hello?").json()["code"]) == "opted_out"


def test_the_contact_stays_silent_and_says_yes_late(acme: Organization) -> None:
    jo = acme.contact("+12025550103")

    jo.is_asked()
    jo.hears("ask")
    acme.town.advance(DAY + timedelta(seconds=1))
    jo.becomes("no_answer")

    assert jo.transcript == [("out", ASK), ("notice", SENT), ("notice", NO_ANSWER)]
    assert jo.seen["actions"]["request_opt_in"]["allowed"]
    assert jo.phone_shows == [ASK]

    jo.writes("yes")
    jo.becomes("opted_in").hears("welcome")

    assert jo.transcript[3:] == [("in", "yes"), ("out", WELCOME), ("notice", OPTED_IN)]
    assert jo.recorded == ["consent.requested", "consent.deferred", "consent.given"]


@pytest.mark.parametrize("phone", ["+12025550104", "+12025550105"])
def test_the_contact_is_not_on_whatsapp(acme: Organization, phone: str) -> None:
    jo = acme.contact(phone)

    jo.is_asked()
    jo.becomes("unreachable")

    assert jo.transcript == [("out", ASK), ("notice", SENT), ("notice", NOT_ON_WHATSAPP)]
    assert jo.recorded == ["consent.requested", "request.unreachable"]
    actions = jo.seen["actions"]
    assert actions["send_sms"]["allowed"]
    assert actions["request_opt_in"]["allowed"]
    assert actions["send_text"] == {"allowed": False, "reason": "not_opted_in", "allowed_at": None}


def test_the_contact_has_blocked_us(acme: Organization) -> None:
    jo = acme.contact("+12025550106")

    jo.is_asked()
    jo.becomes("opted_out")

    assert jo.transcript == [("out", ASK), ("notice", SENT), ("notice", BLOCKED)]
    assert jo.is_asked().json()["code"] == "opted_out"


# ---- minds change ----


def test_after_a_refusal_a_yes_counts_days_later(acme: Organization) -> None:
    jo = acme.contact()
    jo.is_asked()
    jo.hears("ask")
    jo.writes("no")
    jo.becomes("opted_out").hears("goodbye")

    acme.town.advance(3 * DAY)
    jo.writes("yes")
    jo.becomes("opted_in").hears("welcome")

    assert jo.transcript[2:] == [
        ("in", "no"),
        ("out", GOODBYE),
        ("notice", OPTED_OUT),
        ("in", "yes"),
        ("out", WELCOME),
        ("notice", OPTED_IN),
    ]
    assert jo.recorded == ["consent.requested", "consent.refused", "consent.renewed"]


def test_consent_is_withdrawn_in_mid_conversation(acme: Organization) -> None:
    jo = acme.contact(behaviour="answers yes")
    jo.is_asked()
    jo.becomes("opted_in")

    assert jo.is_written("Your papers are ready.").status_code == 202
    jo.hears("text")
    jo.writes("Thank you, when can I come?")
    jo.writes("STOP")
    jo.becomes("opted_out").hears("goodbye")

    assert jo.transcript[5:] == [
        ("out", "Your papers are ready."),
        ("in", "Thank you, when can I come?"),
        ("in", "STOP"),
        ("out", GOODBYE),
        ("notice", OPTED_OUT),
    ]
    assert jo.recorded[-1] == "consent.withdrawn"
    refused = jo.is_written("But you said …")
    assert (refused.status_code, refused.json()["code"]) == (409, "opted_out")


def test_consent_is_withdrawn_on_the_phone(acme: Organization) -> None:
    jo = acme.contact(behaviour="answers yes")
    jo.is_asked()
    jo.becomes("opted_in").hears("welcome")

    assert jo.withdraws_elsewhere().json()["state"] == "opted_out"
    jo.hears("goodbye")

    assert jo.transcript[-2:] == [("out", GOODBYE), ("notice", OPTED_OUT)]
    assert jo.recorded[-1] == "consent.withdrawn"
    assert jo.is_written("Hello?").json()["code"] == "opted_out"


def test_however_often_they_stop_one_confirmation_is_heard(acme: Organization) -> None:
    jo = acme.contact()
    jo.is_asked()
    jo.hears("ask")

    for word in ("STOP", "stop", "No", "unsubscribe", "STOP"):
        assert jo.writes(word) == 200
    acme.town.settles()

    assert jo.state == "opted_out"
    assert jo.phone_shows == [ASK, GOODBYE]
    assert [line["text"] for line in jo.lines("notice")] == [SENT, OPTED_OUT]


# ---- not before ----


def test_a_request_is_repeated_after_24_hours_and_not_a_moment_earlier(acme: Organization) -> None:
    """The last second before the day is over, looked at again and again until the day is over."""
    jo, town = acme.contact(), acme.town
    jo.is_asked()
    jo.hears("ask")
    refused = jo.is_asked()
    allowed_at = datetime.fromisoformat(refused.json()["allowed_at"])
    assert (refused.status_code, refused.json()["code"]) == (409, "already_requested")
    assert timedelta(0) < allowed_at - town.now <= DAY

    # The clock is moved to shortly before, by a command that itself takes a while.
    begun = time.monotonic()
    town.command("clock", "show")
    margin = timedelta(seconds=2 + 4 * (time.monotonic() - begun))
    town.advance(allowed_at - town.now - margin)
    boundary = (allowed_at - town.ahead).timestamp()
    wait_until(boundary - 0.9)
    tries: list[tuple[float, int, float]] = []
    while not tries or tries[-1][1] == 409:
        asked, status = time.time(), jo.is_asked().status_code
        tries.append((asked, status, time.time()))

    asked, status, answered = tries[-1]
    assert status == 202
    assert answered >= boundary
    assert all(status == 409 for asked, status, _ in tries[:-1])
    assert any(boundary - 1 < answered for _, _, answered in tries[:-1])
    # Whoever asked after the boundary was not refused.
    assert all(asked < boundary for asked, status, _ in tries if status == 409)
    assert jo.lines("out", "ask")[1]["text"] == ASK


def test_nothing_is_written_without_consent(acme: Organization) -> None:
    jo = acme.contact()
    jo.writes("Hello?")
    found = acme.api.get(f"/contacts/{jo.id}").json()["conversations"]
    jo.conversation = found[0]["id"]

    refused = jo.is_written("Hello to you")

    # They wrote first, so a request is out; it is not consent.
    assert jo.state == "requested"
    assert (refused.status_code, refused.json()["code"]) == (409, "not_opted_in")
    assert jo.is_asked("").status_code == 422
    templated = jo.is_written(template=TEMPLATE, variables={"1": "Acme"})
    assert (templated.status_code, templated.json()["code"]) == (409, "not_opted_in")


def test_free_text_needs_an_open_window(acme: Organization) -> None:
    jo = acme.contact(behaviour="answers yes")
    jo.is_asked()
    jo.becomes("opted_in").hears("welcome")
    assert acme.may_send(jo.phone)["how"] == ["text", "template"]

    acme.town.advance(DAY + timedelta(seconds=1))

    refused = jo.is_written("Still there?")
    assert (refused.status_code, refused.json()["code"]) == (409, "window_closed")
    assert acme.may_send(jo.phone)["how"] == ["template"]
    assert jo.is_written(template=TEMPLATE, variables={"1": "Acme"}).status_code == 202
    jo.hears("template")
    jo.writes("Yes, still here")
    assert jo.is_written("Good.").status_code == 202
    jo.hears("text")


def test_may_send_follows_every_step(acme: Organization) -> None:
    jo = acme.contact()
    nobody = {"how": [], "reason": "not_opted_in", "allowed": False}

    assert acme.may_send(jo.phone) == nobody | {"state": "new", "allowed_at": None}
    jo.is_asked()
    jo.hears("ask")
    due = {"state": "requested", "allowed_at": jo.seen["due_at"]}
    assert acme.may_send(jo.phone) == nobody | due
    jo.writes("yes")
    jo.becomes("opted_in")
    free = {"how": ["text", "template"], "reason": None, "allowed": True, "allowed_at": None}
    assert acme.may_send(jo.phone) == free | {"state": "opted_in"}
    jo.writes("stop")
    jo.becomes("opted_out")
    assert acme.may_send(jo.phone) == nobody | {
        "state": "opted_out", "reason": "opted_out", "allowed_at": None,
    }  # fmt: skip


# ---- people without a phone number ----


def test_somebody_with_a_username_writes_is_asked_accepts_and_is_written_to(
    acme: Organization, town: Town
) -> None:
    name = f"US.{time.time_ns()}"
    town.twilio.hears(f"whatsapp:{name}", acme.senders["whatsapp"], "hello")
    (found,) = acme.api.get("/contacts", q=name).json()["items"]
    jo = Contact(acme, name, found["id"], conversation=found["conversations"][0]["id"])
    jo.hears("ask", "read")

    jo.writes("yes")
    jo.becomes("opted_in").hears("welcome")

    assert (found["phone"], [one["kind"] for one in found["addresses"]]) == (None, ["whatsapp_id"])
    assert jo.seen["address"] == name
    assert jo.seen["actions"]["send_sms"]["reason"] == "no_phone"
    assert jo.is_written("Your papers are ready.").status_code == 202
    jo.hears("text", "read")
    assert jo.phone_shows == [ASK, WELCOME, "Your papers are ready."]


def test_a_yes_from_the_other_spelling_of_a_number_counts_when_it_replies_to_us(
    acme: Organization, town: Town
) -> None:
    digits = f"{time.time_ns() % 10**9:09d}"
    jo = acme.contact(f"+525{digits}")
    jo.is_asked()
    jo.hears("ask", "read")
    asked = next(one for one in town.twilio.messages if one["to"] == f"whatsapp:{jo.phone}")
    other = f"+5215{digits}"
    spelled = {"From": f"whatsapp:{other}", "WaId": other[1:]}

    jo.writes("yes", reply_to=asked["sid"], more=spelled)

    jo.becomes("opted_in").hears("welcome")
    values = {one["value"] for one in acme.api.get(f"/contacts/{jo.id}").json()["addresses"]}
    assert {jo.phone, other} <= values
    jo.writes("STOP", more=spelled)
    jo.becomes("opted_out")


# ---- SMS instead, and organizations ----


def test_sms_instead_after_a_disclaimer(acme: Organization) -> None:
    jo = acme.contact(reachable="not on WhatsApp")
    jo.is_asked()
    jo.becomes("unreachable")

    sms = jo.by_sms()
    assert sms.state == "new"
    assert sms.is_written("Is this a better way to reach you?").status_code == 202
    sms.hears("text", "delivered")

    assert [line["text"] for line in sms.lines("out")] == [
        DISCLAIMER, "Is this a better way to reach you?",
    ]  # fmt: skip
    assert jo.phone_shows[1:] == [DISCLAIMER, "Is this a better way to reach you?"]
    sms.writes("STOP")
    sms.becomes("opted_out")
    assert sms.is_written("Hello?").json()["code"] == "opted_out"
    assert jo.state == "unreachable"


def test_sms_instead_after_consent(bolt: Organization) -> None:
    jo = bolt.contact()

    off = jo.is_asked()
    assert (off.status_code, off.json()["code"]) == (409, "whatsapp_disabled")

    sms = jo.by_sms()
    refused = sms.is_written("Hello")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_opted_in")
    assert sms.is_asked().status_code == 202
    sms.hears("ask", "delivered")
    sms.writes("yes")
    sms.becomes("opted_in").hears("welcome", "delivered")
    assert sms.is_written("Hello").status_code == 202
    sms.hears("text", "delivered")
    assert bolt.may_send(jo.phone, "sms")["how"] == ["text"]


def test_sms_that_is_off_and_people_of_others(acme: Organization, town: Town) -> None:
    calm = town.organization("Calm", channels=("whatsapp",))
    ours = calm.contact(behaviour="answers yes")
    ours.is_asked()
    ours.becomes("opted_in")

    off = calm.api.post(f"/contacts/{ours.id}/sms")
    assert (off.status_code, off.json()["code"]) == (409, "sms_disabled")
    by_sms = calm.api.post(f"/contacts/{ours.id}/opt-in", {"basis": "client", "channel": "sms"})
    assert (by_sms.status_code, by_sms.json()["code"]) == (409, "sms_disabled")

    before = ours.transcript
    contact, talk = f"/contacts/{ours.id}", f"/conversations/{ours.conversation}"
    answers = [
        acme.api.get(contact),
        acme.api.post(f"{contact}/opt-in", {"basis": "curiosity"}),
        acme.api.post(f"{contact}/sms"),
        acme.api.get(f"{contact}/evidence"),
        acme.api.get(talk),
        acme.api.get(f"{talk}/timeline"),
        acme.api.post(f"{talk}/messages", {"text": "Hello"}),
        acme.api.post(f"{talk}/withdraw", {"reason": "spite"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert acme.api.get("/contacts", q=ours.phone).json()["items"] == []
    assert acme.may_send(ours.phone)["allowed"] is False
    assert (ours.state, ours.transcript) == ("opted_in", before)
