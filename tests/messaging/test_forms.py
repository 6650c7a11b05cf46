"""What a form says, and which forms say nothing that can be."""

from __future__ import annotations

import pytest

from bot.messaging.forms import (
    STATUSES,
    Callback,
    Form,
    Senseless,
    Unplaceable,
    plain,
    read_callback,
    read_inbound,
)
from flows.replies import Heard

ACCOUNT, SID = "AC" + "a" * 32, "SM" + "1" * 32
WROTE = {
    "MessageSid": SID, "AccountSid": ACCOUNT, "From": "whatsapp:+4915112345678",
    "To": "whatsapp:+15550001000", "Body": "Yes", "NumMedia": "0",
}  # fmt: skip
REPORTED = {"MessageSid": SID, "AccountSid": ACCOUNT, "MessageStatus": "sent"}


def form(fields: dict[str, str], **changed: str | None) -> Form:
    return Form({k: v for k, v in (fields | changed).items() if v is not None})


@pytest.mark.parametrize(
    ("changed", "heard"),
    [
        ({}, Heard("Yes")),
        ({"ButtonText": "Yes", "ButtonPayload": "optin_yes"}, Heard("Yes", "optin_yes", "Yes")),
        ({"ListTitle": "Yes", "ListId": "yes_1"}, Heard("Yes", "yes_1", "Yes")),
        ({"ButtonText": "", "ButtonPayload": ""}, Heard("Yes")),
        ({"NumMedia": "1"}, Heard("Yes", media=True)),
        ({"NumMedia": "x"}, Heard("Yes")),
        ({"Latitude": "52.5"}, Heard("Yes", media=True)),
        ({"Body": ""}, Heard("")),
    ],
)
def test_what_was_heard(changed: dict[str, str], heard: Heard) -> None:
    assert read_inbound(form(WROTE, **changed), ACCOUNT).heard == heard


@pytest.mark.parametrize(
    ("sender", "address", "kind"),
    [
        ("whatsapp:+4915112345678", "+4915112345678", "phone"),
        ("whatsapp:US.13491208655302741918", "US.13491208655302741918", "whatsapp_id"),
        ("whatsapp:US.ENT.13491208655302741918", "US.ENT.13491208655302741918", "whatsapp_id"),
    ],
)
def test_who_wrote(sender: str, address: str, kind: str) -> None:
    inbound = read_inbound(form(WROTE, From=sender), ACCOUNT)
    assert (inbound.address, inbound.kind, inbound.sender) == (address, kind, WROTE["To"])


@pytest.mark.parametrize(
    ("fields", "user_id"),
    [
        ({"ExternalUserId": "whatsapp:DE.1349"}, "DE.1349"),
        ({"ExternalUserId": "DE.1349"}, "DE.1349"),
        ({"From": "whatsapp:DE.1349", "ExternalUserId": "whatsapp:DE.1349"}, None),
        ({"ExternalUserId": "whatsapp:+4915112345678"}, None),
        ({"ExternalUserId": "nonsense"}, None),
        ({"From": "+4915112345678", "To": "+15550001000", "ExternalUserId": "DE.1349"}, None),
        ({}, None),
    ],
)
def test_the_user_id_beside_a_number(fields: dict[str, str], user_id: str | None) -> None:
    assert read_inbound(form(WROTE, **fields), ACCOUNT).user_id == user_id


@pytest.mark.parametrize(
    ("given", "answered"),
    [("STOP", "stop"), ("START", "start"), ("HELP", "help"), ("stop", "stop"), ("X", None)],
)
def test_what_twilio_has_answered_itself(given: str, answered: str | None) -> None:
    assert read_inbound(form(WROTE, OptOutType=given), ACCOUNT).answered == answered


def test_what_was_attached() -> None:
    fields = {"NumMedia": "2", "MediaUrl0": "https://x.test/1", "MediaContentType0": "image/png"}
    fields |= {"Latitude": "52.5", "Longitude": "13.4"}
    assert read_inbound(form(WROTE, **fields), ACCOUNT).media == (
        {"url": "https://x.test/1", "type": "image/png"},
        {"url": "", "type": ""},
        {"url": "geo:52.5,13.4", "type": "location"},
    )


@pytest.mark.parametrize("number", ["+15550001000", "+4915112345678"])
def test_an_sms(number: str) -> None:
    inbound = read_inbound(form(WROTE, From=number, To="+15550001000"), ACCOUNT)
    assert inbound.address == number


@pytest.mark.parametrize(
    "changed", [{"From": "12345"}, {"From": "ACME"}, {"To": "whatsapp:"}, {"From": "US.1"}]
)
def test_what_is_no_address_is_kept(changed: dict[str, str]) -> None:
    with pytest.raises(Unplaceable) as kept:
        read_inbound(form(WROTE, **changed), ACCOUNT)
    assert kept.value.sid == SID


@pytest.mark.parametrize(("said", "status"), sorted(STATUSES.items()))
def test_every_status_of_theirs_is_one_of_ours(said: str, status: str) -> None:
    report = read_callback(form(REPORTED, MessageStatus=said), ACCOUNT, "token")
    assert report == Callback("token", SID, status, None, "")


@pytest.mark.parametrize(
    ("code", "number"), [("63024", 63024), ("", None), ("0", None), ("x", None), ("²", None)]
)
def test_an_error_code_is_a_number_or_none(code: str, number: int | None) -> None:
    fields = {"MessageStatus": "failed", "ErrorCode": code, "ChannelStatusMessage": "w" * 600}
    report = read_callback(form(REPORTED, **fields), ACCOUNT, "token")
    assert (report.code, len(report.words)) == (number, 500)


@pytest.mark.parametrize(
    "changed",
    [
        {"MessageStatus": "gone"},
        {"MessageStatus": None},
        {"MessageSid": "SM1"},
        {"AccountSid": "AC"},
    ],
)
def test_a_report_that_makes_no_sense(changed: dict[str, str | None]) -> None:
    with pytest.raises(Senseless):
        read_callback(form(REPORTED, **changed), ACCOUNT, "token")


@pytest.mark.parametrize("number", ["9" * 10, "9" * 5000, "-1", "٣", ""])
def test_a_number_that_no_database_holds_is_none(number: str) -> None:
    assert read_callback(form(REPORTED, ErrorCode=number), ACCOUNT, "t").code is None
    assert not read_inbound(form(WROTE, NumMedia=number), ACCOUNT).heard.media


def test_nul_stands_neither_in_values_nor_in_names() -> None:
    assert plain(form({"a\0b": "c\0d"})) == {"a␀b": "c␀d"}
