"""The account as an operator configures it: senders, services, numbers, approvals, alerts."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList
from twilio.rest.messaging.v2.channels_sender import ChannelsSenderList

from .desk import ACCOUNT, PERSON, SMS, TEMPLATE, WHATSAPP, Desk
from .receiver import Receiver

SERVICE = "MG" + "4" * 32
UPDATE = ChannelsSenderList.MessagingV2ChannelsSenderRequestsUpdate
SENDER_WEBHOOK = ChannelsSenderList.MessagingV2ChannelsSenderWebhook
CONTENT: dict[str, Any] = {"language": "en", "types": {"twilio/text": {"body": "hello"}}}


def senders(desk: Desk) -> Any:
    return desk.client.messaging.v2.channels_senders.list(channel="whatsapp")


def test_the_account_is_active(desk: Desk) -> None:
    account = desk.client.api.accounts(ACCOUNT).fetch()

    assert (account.status, account.type, account.sid) == ("active", "Full", ACCOUNT)


def test_senders_that_were_met_are_listed(desk: Desk) -> None:
    assert senders(desk) == []
    desk.ask(PERSON)

    (sender,) = senders(desk)

    assert (sender.sender_id, sender.status) == (WHATSAPP, "ONLINE")
    assert sender.properties["quality_rating"] == "HIGH"


def test_a_senders_own_webhook_takes_its_messages(desk: Desk, receiver: Receiver) -> None:
    desk.ask(PERSON)
    webhook = SENDER_WEBHOOK(
        {
            "callback_url": receiver.url + "/own",
            "status_callback_url": receiver.url + "/fate",
        }
    )
    changed = desk.client.messaging.v2.channels_senders(senders(desk)[0].sid).update(
        UPDATE({"webhook": webhook})
    )

    desk.settles().hears(PERSON, "hello")
    desk.send(f"whatsapp:{PERSON}", "hello yourself").sid  # noqa: B018
    desk.settles()

    assert changed.webhook["callback_url"] == receiver.url + "/own"
    assert [one.path for one in receiver.taken] == ["/own", "/fate", "/fate", "/fate"]
    assert all(receiver.is_signed(one) for one in receiver.taken)


def test_a_services_webhooks_take_its_senders_messages(desk: Desk, receiver: Receiver) -> None:
    desk.control("POST", "/senders", {"address": WHATSAPP, "service": SERVICE})
    service = desk.client.messaging.v1.services(SERVICE).update(
        inbound_request_url=receiver.url + "/service", status_callback=receiver.url + "/fate"
    )

    desk.hears(PERSON, "hello")
    desk.client.messages.create(
        to=f"whatsapp:{PERSON}", messaging_service_sid=SERVICE, content_sid=TEMPLATE
    )
    desk.settles()

    assert service.inbound_request_url == receiver.url + "/service"
    paths = [one.path for one in receiver.taken]
    assert paths == ["/service", "/fate", "/fate", "/fate", "/fate"]
    assert receiver.taken[0].params["MessagingServiceSid"] == SERVICE


def test_a_service_can_leave_its_senders_their_own_webhook(listening: Desk) -> None:
    listening.control("POST", "/senders", {"address": WHATSAPP, "service": SERVICE})
    listening.client.messaging.v1.services(SERVICE).update(
        inbound_request_url="http://127.0.0.1:9/", use_inbound_webhook_on_number=True
    )

    assert listening.hears(PERSON, "hello")["webhook"]["status"] == 200


def test_services_are_made_listed_and_deleted(desk: Desk) -> None:
    made = desk.client.messaging.v1.services.create(friendly_name="Consent")
    listed = desk.client.messaging.v1.services.list()

    assert [one.friendly_name for one in listed] == ["Consent"]
    assert made.us_app_to_person_registered is False
    assert desk.client.messaging.v1.services(made.sid).us_app_to_person.list() == []
    assert desk.client.messaging.v1.services(made.sid).delete()
    assert desk.client.messaging.v1.services.list() == []


def test_a_phone_number_has_its_own_webhook(desk: Desk, receiver: Receiver) -> None:
    desk.control("POST", "/senders", {"address": SMS})
    (number,) = desk.client.incoming_phone_numbers.list(phone_number=SMS)

    number.update(sms_url=receiver.url + "/sms")
    desk.hears(PERSON, "hello", to=SMS)

    assert number.capabilities["sms"] is True
    assert [one.path for one in receiver.taken] == ["/sms"]


def test_lists_come_in_pages(desk: Desk) -> None:
    for number in range(5):
        desk.client.messaging.v1.services.create(friendly_name=f"Service {number}")

    listed = desk.client.messaging.v1.services.list(page_size=2)

    assert [one.friendly_name for one in listed] == [f"Service {n}" for n in range(5)]


def test_a_template_is_submitted_and_approved(desk: Desk) -> None:
    sid = desk.raw("POST", "/v1/Content", json=CONTENT).json()["sid"]
    contents = desk.client.content.v1.contents(sid)
    assert contents.approval_fetch().fetch().whatsapp["status"] == "unsubmitted"

    request = {"name": "hello", "category": "UTILITY"}
    asked = contents.approval_create.create(ApprovalCreateList.ContentApprovalRequest(request))
    desk.settles()

    assert asked.status == "received"
    assert contents.approval_fetch().fetch().whatsapp["status"] == "approved"
    (listed,) = desk.client.content.v1.content_and_approvals.list()
    assert listed.approval_requests["name"] == "hello"


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("approved", ("read", None)),
        ("unsubmitted", ("failed", 63016)),
        ("pending", ("failed", 63016)),
        ("rejected", ("failed", 63040)),
        ("paused", ("failed", 63041)),
        ("disabled", ("failed", 63042)),
    ],
)
def test_outside_the_window_only_an_approved_template_arrives(
    desk: Desk, status: str, fate: tuple[str, int | None]
) -> None:
    desk.control("PUT", f"/templates/{TEMPLATE}", CONTENT)
    desk.control("PUT", f"/templates/{TEMPLATE}/approval", {"status": status})

    assert desk.fate(desk.ask(PERSON).sid) == fate


def test_inside_the_window_a_template_needs_no_approval(desk: Desk) -> None:
    sid = desk.raw("POST", "/v1/Content", json=CONTENT).json()["sid"]
    desk.hears(PERSON, "hello")

    asked = desk.client.messages.create(to=f"whatsapp:{PERSON}", from_=WHATSAPP, content_sid=sid)

    assert desk.fate(asked.sid) == ("read", None)


def test_a_submitted_template_cannot_be_changed(desk: Desk) -> None:
    sid = desk.raw("POST", "/v1/Content", json=CONTENT).json()["sid"]
    changed = desk.raw("PUT", f"/v1/Content/{sid}", json={"friendly_name": "new"}).json()
    assert changed["friendly_name"] == "new"
    desk.control("PUT", f"/templates/{sid}/approval", {"status": "approved"})

    assert desk.raw("PUT", f"/v1/Content/{sid}", json={}).json()["code"] == 20001


def test_a_webhook_that_fails_raises_an_alert(listening: Desk, receiver: Receiver) -> None:
    receiver.answers.append((500, 0.0))
    heard = listening.hears(PERSON, "hello")
    listening.control("PUT", "/settings", {"webhook": "http://127.0.0.1:9/nobody"})
    listening.hears(PERSON, "hello")

    refused, failed = listening.client.monitor.v1.alerts.list(log_level="error")

    assert (refused.error_code, failed.error_code) == ("11205", "11200")
    assert failed.resource_sid == heard["sid"]
    full = listening.client.monitor.v1.alerts(failed.sid).fetch()
    assert "Body=hello" in full.request_variables
    assert listening.client.monitor.v1.alerts.list(log_level="warning") == []


def test_a_fallback_hears_what_the_webhook_did_not_take(
    listening: Desk, receiver: Receiver
) -> None:
    listening.control("PUT", "/settings", {"fallback": receiver.url + "/fallback"})
    receiver.answers.append((500, 0.0))

    listening.hears(PERSON, "hello")

    first, second = receiver.taken
    assert (first.path, second.path) == ("/twilio/inbound", "/fallback")
    assert (second.params["ErrorCode"], second.params["MessageSid"]) == (
        "11200",
        first.params["MessageSid"],
    )
    assert receiver.is_signed(second)
    listening.control("PUT", "/settings", {"fallback": None})


def test_the_sandbox_reaches_only_who_has_joined(listening: Desk, receiver: Receiver) -> None:
    listening.control("PUT", "/settings", {"sandbox": True})
    assert listening.fate(listening.ask(PERSON).sid) == ("failed", 63015)

    listening.hears(PERSON, "join happy-tiger")

    assert receiver.taken == [], "Twilio keeps the word to itself"
    assert listening.fate(listening.ask(PERSON).sid) == ("read", None)
    listening.hears(PERSON, "stop")
    assert listening.fate(listening.ask(PERSON).sid) == ("failed", 63015)
    listening.hears(PERSON, "join happy-tiger")
    listening.waits(hours=73)
    assert listening.fate(listening.ask(PERSON).sid) == ("failed", 63015)


def test_a_channel_must_be_named(desk: Desk) -> None:
    assert desk.raw("GET", "/v2/Channels/Senders").json()["code"] == 20001
    assert desk.raw("GET", "/v2/Channels/Senders?Channel=rcs").json()["senders"] == []


def test_a_sender_is_made_through_the_api(desk: Desk) -> None:
    made = desk.raw("POST", "/v2/Channels/Senders", json={"sender_id": "whatsapp:+12025550177"})

    assert (made.status_code, made.json()["sender_id"]) == (202, "whatsapp:+12025550177")
    with pytest.raises(TwilioRestException) as refused:
        desk.ask(PERSON)
    assert refused.value.code == 63007
    assert desk.raw("DELETE", f"/v2/Channels/Senders/{made.json()['sid']}").status_code == 204
    assert desk.ask(PERSON).status == "queued"
