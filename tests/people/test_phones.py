"""Phone numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.messaging.forms import PHONE
from bot.people.phones import BadPhone, read_phone


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("+4915112345678", None, "+4915112345678"),
        (" +49 (0)151 / 1234-5678 ", None, "+4915112345678"),
        ("0151 12345678", "DE", "+4915112345678"),
        ("0151 12345678", "de", "+4915112345678"),
        ("0049 151 12345678", "DE", "+4915112345678"),
        ("+1 202 555 0101", "DE", "+12025550101"),
        ("+39 06 1234 5678", None, "+390612345678"),
        ("(+52) 55-1234-5678", None, "+525512345678"),
        ("+52 1 55 1234 5678", None, "+5215512345678"),  # as WhatsApp spells it
        ("11 15-2345-6789", "AR", "+5491123456789"),
        ("(41) 98888-7777", "BR", "+5541988887777"),
        ("+55 41 8888-7777", None, "+554188887777"),
        ("\uff0b49 151 12345678", None, "+4915112345678"),
        ("٠١٥١١٢٣٤٥٦٧٨", "DE", "+4915112345678"),
        ("\u202a+49 151 12345678\u202c", None, "+4915112345678"),
        ("+49\u00a0151\u00a012345678", None, "+4915112345678"),
        ("'+49 151 12345678", None, "+4915112345678"),
        ("'0151 12345678", "DE", "+4915112345678"),
    ],
)
def test_what_people_write_becomes_e164(text: str, region: str | None, phone: str) -> None:
    assert read_phone(text, region) == phone


@pytest.mark.parametrize("phone", ["+15005550006", "+15551234567", "+12025550199"])
def test_ranges_reserved_for_tests_are_taken(phone: str) -> None:
    assert read_phone(phone) == phone


@pytest.mark.parametrize(
    ("text", "region", "words"),
    [
        ("", None, "missing"),
        ("  \u202c", None, "missing"),
        ("'", None, "missing"),
        ("''+49 151 12345678", None, "not a phone number"),
        ("0151 12345678", None, "no country code"),
        ("Bob", None, "not a phone number"),
        ("+49 151 12345678 ext. 5", None, "has an extension"),
        ("+1 202 555 0123x5", None, "has an extension"),
        ("+1 202 555 0123 / +1 202 555 0124", None, "more than one number"),
        ("+1-800-FLOWERS", None, "not a phone number"),
        ("whatsapp:+4915112345678", None, "not a phone number"),
        ("+49", None, "not a phone number"),
        ("+999 1234567", None, "does not exist"),
        ("+1 202 555", None, "too few digits"),
        ("+1 555 1234", None, "area code"),
        ("+4915112345678912345", None, "too many digits"),
        ("4.91511E+12", "DE", "spreadsheet"),
        ("0151 12345678", "Germany", "not a country"),
    ],
)
def test_what_cannot_be_written_to_is_explained(text: str, region: str | None, words: str) -> None:
    with pytest.raises(BadPhone, match=words):
        read_phone(text, region)


@given(st.text(), st.sampled_from([None, "DE", "US", "IN"]))
def test_any_text_is_refused_or_a_number_that_the_provider_takes(
    text: str, region: str | None
) -> None:
    try:
        phone = read_phone(text, region)
    except BadPhone:
        return
    assert PHONE.fullmatch(phone)


@given(st.from_regex(r"\+?[0-9 ()/-]{5,22}", fullmatch=True))
@example("00000000")
@example("+4900000")
def test_reading_a_number_again_changes_nothing(text: str) -> None:
    try:
        phone = read_phone(text, "DE")
    except BadPhone:
        return
    assert read_phone(phone) == phone
