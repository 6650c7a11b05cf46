"""The Messages resource, through Twilio's own client."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from .desk import ACCOUNT, KEY, LIST, PERSON, SECRET, SMS, TEMPLATE, TOKEN, WHATSAPP, Desk

TO = f"whatsapp:{PERSON}"


def test_a_text_is_created_queued(desk: Desk) -> None:
    message = desk.send(TO, "hello")

    assert re.fullmatch(r"SM[0-9a-f]{32}", message.sid)
    assert (message.status, message.body, message.direction) == ("queued", "hello", "outbound-api")
    assert (message.to, message.from_) == (TO, WHATSAPP)
    assert (message.num_segments, message.num_media) == ("1", "0")
    assert message.date_sent is None
    assert abs(message.date_created - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_answer_has_every_field_of_twilio(desk: Desk) -> None:
    answer = desk.raw("POST", data={"To": TO, "From": WHATSAPP, "Body": "hello"})

    assert answer.status_code == 201
    shown = answer.json()
    assert shown.keys() == {
        "account_sid", "api_version", "body", "date_created", "date_sent", "date_updated",
        "direction", "error_code", "error_message", "from", "messaging_service_sid", "num_media",
        "num_segments", "price", "price_unit", "sid", "status", "subresource_uris", "to", "uri",
    }  # fmt: skip
    assert shown["uri"] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{shown['sid']}.json"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", shown["date_created"])


def test_a_template_has_an_mm_sid_and_no_body(desk: Desk) -> None:
    message = desk.ask(PERSON, content_variables='{"1": "Jo"}')

    assert re.fullmatch(r"MM[0-9a-f]{32}", message.sid)
    assert message.body == ""


def test_through_a_messaging_service_it_is_accepted_first(desk: Desk) -> None:
    service = "MG" + "4" * 32
    desk.control("POST", "/senders", {"address": WHATSAPP, "service": service})

    message = desk.client.messages.create(
        to=TO, messaging_service_sid=service, content_sid=TEMPLATE
    )

    assert (message.status, message.from_) == ("accepted", None)
    assert desk.statuses(message.sid) == ["accepted", "queued", "sent", "delivered", "read"]
    assert message.fetch().from_ == WHATSAPP


@pytest.mark.parametrize(
    ("text", "segments"),
    [("a" * 160, "1"), ("a" * 161, "2"), ("€" * 81, "2"), ("ж" * 70, "1"), ("ж" * 71, "2")],
)
def test_sms_are_counted_in_segments(desk: Desk, text: str, segments: str) -> None:
    assert desk.send(PERSON, text).num_segments == segments


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": None}, 21604),
        ({"To": "+0123"}, 21211),
        ({"To": "whatsapp:15550001111"}, 21211),
        ({"To": "messenger:123"}, 21211),
        ({"From": None}, 21603),
        ({"From": "whatsapp:acme"}, 63007),
        ({"From": "no such sender!"}, 21212),
        ({"From": SMS}, 21910),
        ({"From": TO}, 63031),
        ({"From": PERSON, "To": PERSON}, 21266),
        ({"From": None, "MessagingServiceSid": "MG1"}, 21705),
        ({"Body": None}, 21619),
        ({"MediaUrl": "menu.pdf"}, 21620),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"Body": None, "ContentSid": "HX1"}, 21655),
        ({"ContentVariables": "{}"}, 21654),
        ({"ContentSid": TEMPLATE, "ContentVariables": "{1: Jo}"}, 21656),
        ({"ContentSid": TEMPLATE, "ContentVariables": '["Jo"]'}, 21656),
        ({"ContentSid": TEMPLATE, "ContentVariables": '{"1": ""}'}, 21656),
        ({"ContentSid": TEMPLATE, "ContentVariables": '{"1": "a\\nb"}'}, 21656),
        ({"ContentSid": TEMPLATE, "ContentVariables": '{"1": "a     b"}'}, 21656),
        ({"ContentSid": TEMPLATE, "ContentVariables": f'{{"1": "{"x" * 1601}"}}'}, 21658),
        ({"StatusCallback": "ftp://host/x"}, 21609),
        ({"StatusCallback": "/twilio/status"}, 21609),
        ({"StatusCallback": "http://my_host/x"}, 21609),
        ({"StatusCallback": "http://host:port/x"}, 21609),
    ],
)
def test_what_twilio_refuses_is_refused(desk: Desk, form: dict[str, str | None], code: int) -> None:
    good: dict[str, str | None] = {"To": TO, "From": WHATSAPP, "Body": "hello"}

    answer = desk.raw("POST", data=good | form)

    assert answer.status_code == 400
    shown = answer.json()
    assert (shown["code"], shown["status"]) == (code, 400)
    assert shown["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert shown["message"]
    assert desk.messages() == []


def test_a_service_without_a_sender_on_the_channel_is_21703(desk: Desk) -> None:
    service = "MG" + "4" * 32
    desk.control("POST", "/senders", {"address": SMS, "service": service})

    with pytest.raises(TwilioRestException) as refused:
        desk.client.messages.create(to=TO, messaging_service_sid=service, body="hello")

    assert refused.value.code == 21703


@pytest.mark.parametrize(("sender", "to", "code"), [(WHATSAPP, TO, 63007), (SMS, PERSON, 21606)])
def test_once_senders_are_registered_others_may_not_send(
    desk: Desk, sender: str, to: str, code: int
) -> None:
    desk.control("POST", "/senders", {"address": "+4930123456"})

    with pytest.raises(TwilioRestException) as refused:
        desk.send(to, "hello", from_=sender)

    assert (refused.value.code, refused.value.status) == (code, 400)


@pytest.mark.parametrize(
    ("name", "password"), [(ACCOUNT, "wrong"), ("AC" + "9" * 32, TOKEN), (KEY, TOKEN)]
)
def test_wrong_credentials_are_refused(desk: Desk, name: str, password: str) -> None:
    with pytest.raises(TwilioRestException) as refused:
        desk.client_as(name, password).messages.create(to=PERSON, from_=SMS, body="hello")

    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_no_credentials_are_refused(desk: Desk) -> None:
    answer = requests.get(desk.url + LIST, timeout=5)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_an_api_key_is_as_good(desk: Desk) -> None:
    assert desk.client_as(KEY, SECRET).messages.list() == []


@pytest.mark.parametrize(
    "path",
    [
        f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM{'0' * 32}.json",
        f"/2010-04-01/Accounts/{ACCOUNT}/messages.json",
        "/2010-04-01/Nothing.json",
        "/v1/Content/HX00",
    ],
)
def test_what_does_not_exist_is_20404(desk: Desk, path: str) -> None:
    answer = desk.raw(path=path)

    assert answer.status_code == 404
    assert answer.json() == {
        "code": 20404,
        "message": f"The requested resource {path} was not found",
        "more_info": "https://www.twilio.com/docs/errors/20404",
        "status": 404,
    }


def test_a_wrong_method_is_20004(desk: Desk) -> None:
    answer = desk.raw("PUT")

    assert (answer.status_code, answer.json()["code"]) == (405, 20004)


def test_a_message_is_fetched_redacted_and_deleted(desk: Desk) -> None:
    message = desk.send(TO, "secret")
    desk.settles()

    assert message.fetch().body == "secret"
    assert message.update(body="").body == ""
    assert message.delete()
    with pytest.raises(TwilioRestException) as refused:
        message.fetch()
    assert refused.value.code == 20404
    assert desk.client.messages.list() == []
    assert [one["deleted"] for one in desk.messages()] == [True]
