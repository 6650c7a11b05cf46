"""What customers do, and the webhook it causes."""

import json
import re
from typing import Any

import pytest

from .desk import ACCOUNT, PERSON, SMS, WHATSAPP, Desk
from .receiver import Receiver


def test_a_text_arrives_signed(listening: Desk, receiver: Receiver) -> None:
    heard = listening.hears(PERSON, "Hello & goodbye! ñ")

    (taken,) = receiver.taken
    assert receiver.is_signed(taken)
    assert taken.path == "/twilio/inbound"
    assert taken.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert taken.headers["I-Twilio-Idempotency-Token"]
    assert (heard["webhook"]["status"], heard["webhook"]["body"]) == (200, "<Response/>")
    metadata = json.loads(taken.params.pop("ChannelMetadata"))
    assert metadata["data"]["context"]["WaId"] == "12025550199"
    assert re.fullmatch(r"whatsapp:US\.\d+", taken.params.pop("ExternalUserId"))
    assert taken.params == {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": "Hello & goodbye! ñ",
        "Forwarded": "false",
        "FrequentlyForwarded": "false",
        "From": f"whatsapp:{PERSON}",
        "MessageSid": heard["sid"],
        "MessageType": "text",
        "NumMedia": "0",
        "NumSegments": "1",
        "ProfileName": "Customer 0199",
        "ReferralNumMedia": "0",
        "SmsMessageSid": heard["sid"],
        "SmsSid": heard["sid"],
        "SmsStatus": "received",
        "To": WHATSAPP,
        "WaId": "12025550199",
    }


def test_an_sms_has_places_and_no_profile(listening: Desk, receiver: Receiver) -> None:
    listening.hears("+4915112345678", "ja", to=SMS)

    (taken,) = receiver.taken
    assert receiver.is_signed(taken)
    assert (taken.params["FromCountry"], taken.params["ToCountry"]) == ("DE", "US")
    assert taken.params["FromCity"] == ""
    assert taken.params.keys().isdisjoint({"WaId", "ProfileName", "MessageType"})


@pytest.mark.parametrize(
    ("doing", "params"),
    [
        (
            {"button": {"text": "Yes", "payload": "optin_yes"}},
            {"Body": "Yes", "ButtonText": "Yes", "ButtonPayload": "optin_yes"},
        ),
        (
            {"media": [{"content_type": "audio/ogg"}]},
            {"NumMedia": "1", "MediaContentType0": "audio/ogg", "Body": "", "MessageType": "audio"},
        ),
        (
            {"media": [{"content_type": "application/pdf"}], "text": "yes"},
            {"MessageType": "document", "Body": "yes"},
        ),
        ({"media": [{"content_type": "text/vcard"}]}, {"MessageType": "contacts"}),
        (
            {"location": {"latitude": "52.5", "longitude": "13.4", "label": "Office"}},
            {"Latitude": "52.5", "Longitude": "13.4", "Label": "Office", "MessageType": "location"},
        ),
        ({"more": {"OptOutType": "STOP"}}, {"OptOutType": "STOP"}),
        ({"sid": "SM" + "5" * 32}, {"MessageSid": "SM" + "5" * 32}),
    ],
)
def test_what_a_customer_does_is_in_the_form(
    listening: Desk, receiver: Receiver, doing: dict[str, Any], params: dict[str, str]
) -> None:
    listening.control("POST", "/inbound", {"from": f"whatsapp:{PERSON}", "to": WHATSAPP, **doing})

    (taken,) = receiver.taken
    assert receiver.is_signed(taken)
    assert taken.params.items() >= params.items()


def test_a_file_has_an_mm_sid_and_a_url(listening: Desk, receiver: Receiver) -> None:
    heard = listening.hears(PERSON, media=[{"content_type": "image/jpeg"}])

    assert heard["sid"].startswith("MM")
    assert receiver.taken[0].params["MediaUrl0"].startswith("https://api.twilio.com/2010-04-01/")


@pytest.mark.parametrize(("hours", "named"), [(0, True), (7 * 24 - 1, True), (7 * 24 + 1, False)])
def test_a_tap_names_the_message_for_seven_days(
    listening: Desk, receiver: Receiver, hours: float, named: bool
) -> None:
    asked = listening.ask(PERSON)
    listening.settles().waits(hours)

    tap = {"text": "Yes", "payload": "yes"}
    listening.hears(PERSON, button=tap, reply_to=asked.sid)

    params = receiver.taken[0].params
    assert (params.get("OriginalRepliedMessageSid") == asked.sid) is named
    assert (params.get("OriginalRepliedMessageSender") == WHATSAPP) is named
    assert params["MessageType"] == "button"


def test_a_tap_in_the_session_is_interactive(listening: Desk, receiver: Receiver) -> None:
    listening.hears(PERSON, "hello")
    asked = listening.send(f"whatsapp:{PERSON}", "May we?")
    listening.hears(PERSON, button={"text": "Yes"}, reply_to=asked.sid)

    assert receiver.taken[1].params["MessageType"] == "interactive"
    assert receiver.taken[1].params["ButtonPayload"] == "Yes"


def test_a_customer_without_a_number_is_a_user_id(listening: Desk, receiver: Receiver) -> None:
    listening.control("POST", "/customers", {"user_id": "US.1234567890", "profile_name": "Jo"})
    listening.hears("US.1234567890", "yes")

    params = receiver.taken[0].params
    assert params["From"] == params["ExternalUserId"] == "whatsapp:US.1234567890"
    assert params["ProfileName"] == "Jo"
    assert "WaId" not in params
    answer = listening.send("whatsapp:US.1234567890", "welcome")
    assert listening.fate(answer.sid) == ("read", None)


def test_a_user_id_and_a_number_are_one_customer(listening: Desk, receiver: Receiver) -> None:
    listening.customer(PERSON, user_id="DE.77")
    listening.hears("DE.77", "yes")

    assert receiver.taken[0].params["From"] == f"whatsapp:{PERSON}"
    assert receiver.taken[0].params["ExternalUserId"] == "whatsapp:DE.77"


def test_what_was_heard_is_listed_as_twilio_does(listening: Desk) -> None:
    heard = listening.hears(PERSON, "hello")

    kept = listening.client.messages(heard["sid"]).fetch()
    assert (kept.direction, kept.status, kept.body) == ("inbound", "received", "hello")
    assert kept.date_sent is not None


def test_without_a_webhook_messages_are_only_kept(desk: Desk) -> None:
    assert desk.hears(PERSON, "hello")["webhook"] is None
    assert desk.transcript() == [("them", "hello", "received")]


def test_a_replay_is_the_same_request(listening: Desk, receiver: Receiver) -> None:
    heard = listening.hears(PERSON, "yes")

    again = listening.control("POST", f"/replay/{heard['sid']}", {})

    first, second = receiver.taken
    assert again["webhook"]["status"] == 200
    assert (first.params, first.headers) == (second.params, second.headers)


@pytest.mark.parametrize("tamper", ["Body", "From", "Invented", "signature", "no signature"])
def test_a_tampered_replay_is_not_signed(listening: Desk, receiver: Receiver, tamper: str) -> None:
    heard = listening.hears(PERSON, "yes")

    listening.control("POST", f"/replay/{heard['sid']}", {"tamper": tamper})

    assert [receiver.is_signed(one) for one in receiver.taken] == [True, False]


def test_a_replay_of_nothing_is_refused(desk: Desk) -> None:
    desk.control("POST", "/replay/SM0", {}, expect=400)


def test_a_status_callback_can_be_replayed(desk: Desk, receiver: Receiver) -> None:
    message = desk.ask(PERSON, status_callback=receiver.url + "/status")
    receiver.wait_for(3)
    desk.settles().control("POST", f"/replay/{message.sid}", {})

    assert receiver.statuses() == ["sent", "delivered", "read", "read"]
