"""Templates: created through the Content API, seen on the phone."""

import json
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException

from .desk import PERSON, SMS, TAPS_NO, TAPS_YES, TEMPLATE, WHATSAPP, Desk
from .receiver import Receiver

REQUEST: dict[str, Any] = {
    "friendly_name": "opt_in",
    "language": "en",
    "variables": {"1": "Acme"},
    "types": {
        "twilio/quick-reply": {
            "body": "May {{1}} write to you, {{2}}?",
            "actions": [
                {"type": "QUICK_REPLY", "title": "Yes please", "id": "agree_{{2}}"},
                {"type": "QUICK_REPLY", "title": "No thanks", "id": "refuse"},
            ],
        },
        "twilio/text": {"body": "May {{1}} write to you? Reply AGREE."},
    },
}


def create(desk: Desk, given: dict[str, Any]) -> Any:
    answer = desk.client.request(
        "POST",
        "https://content.twilio.com/v1/Content",
        data=given,
        headers={"Content-Type": "application/json"},
    )
    return answer.status_code, json.loads(answer.text)


def approved(desk: Desk, given: dict[str, Any]) -> str:
    """The sid of a template that WhatsApp has approved."""
    sid = str(create(desk, given)[1]["sid"])
    desk.control("PUT", f"/templates/{sid}/approval", {"status": "approved"})
    return sid


def shown(desk: Desk) -> Any:
    last = desk.messages()[-1]
    return last["shown"], [button["payload"] for button in last["buttons"]]


def test_a_template_is_created_fetched_listed_and_deleted(desk: Desk) -> None:
    status, template = create(desk, REQUEST)

    assert status == 201
    assert template.items() >= REQUEST.items()
    fetched = desk.client.content.v1.contents(template["sid"]).fetch()
    assert (fetched.sid, fetched.types) == (template["sid"], REQUEST["types"])
    assert [one.sid for one in desk.client.content.v1.contents.list()] == [template["sid"]]
    assert desk.client.content.v1.contents(template["sid"]).delete()
    with pytest.raises(TwilioRestException) as gone:
        desk.client.content.v1.contents(template["sid"]).fetch()
    assert gone.value.code == 20404


@pytest.mark.parametrize(
    "wrong",
    [{"language": None}, {"types": None}, {"types": {}}, {"types": {"a": 1}}, {"variables": [1]}],
)
def test_a_template_needs_language_and_types(desk: Desk, wrong: dict[str, Any]) -> None:
    status, refused = create(desk, REQUEST | wrong)

    assert (status, refused["code"]) == (400, 20001)


@pytest.mark.parametrize(
    ("to", "sender", "seen"),
    [
        (f"whatsapp:{PERSON}", WHATSAPP, ("May Acme write to you, Jo?", ["agree_Jo", "refuse"])),
        (PERSON, SMS, ("May Acme write to you? Reply AGREE.", [])),
    ],
)
def test_the_phone_shows_the_template(desk: Desk, to: str, sender: str, seen: Any) -> None:
    sid = approved(desk, REQUEST)

    message = desk.client.messages.create(
        to=to, from_=sender, content_sid=sid, content_variables='{"2": "Jo"}'
    )

    assert message.body == ""
    assert shown(desk) == seen


@pytest.mark.parametrize(
    ("phone", "title", "payload"),
    [(TAPS_YES, "Yes please", "agree_Jo"), (TAPS_NO, "No thanks", "refuse")],
)
def test_a_customer_taps_the_templates_own_buttons(
    listening: Desk, receiver: Receiver, phone: str, title: str, payload: str
) -> None:
    sid = approved(listening, REQUEST)
    listening.client.messages.create(
        to=f"whatsapp:{phone}", from_=WHATSAPP, content_sid=sid, content_variables='{"2": "Jo"}'
    )

    (taken,) = receiver.wait_for(1)
    assert (taken.params["ButtonText"], taken.params["ButtonPayload"]) == (title, payload)


def test_an_unknown_template_shows_its_sid_and_variables(desk: Desk) -> None:
    desk.ask(PERSON, content_variables='{"1": "Acme"}')

    assert shown(desk) == (f"[{TEMPLATE}] 1=Acme", ["yes", "no"])


def test_strict_mode_refuses_unknown_templates(desk: Desk) -> None:
    desk.control("PUT", "/settings", {"strict_templates": True})

    with pytest.raises(TwilioRestException) as refused:
        desk.ask(PERSON)

    assert refused.value.code == 21655
    desk.control("PUT", f"/templates/{TEMPLATE}", REQUEST)
    assert desk.ask(PERSON).status == "queued"
    assert shown(desk)[0] == "May Acme write to you, {{2}}?"
