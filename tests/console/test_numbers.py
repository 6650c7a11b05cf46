"""Numbers are shown as people write them, wherever they stand."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.console.numbers import spelled
from bot.people.phones import read_phone

EXAMPLES = [
    phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (number := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("+4915112345678", "+49 1511 2345678"),
        ("whatsapp:+15550001000", "+1 555-000-1000"),
        ("whatsapp:DE.1098765432109876", "DE.1098765432109876"),
        ("US.13491208655302741918", "US.13491208655302741918"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_number_gets_its_groups_and_all_else_stays(address: str | None, shown: str) -> None:
    assert spelled(address) == shown


@given(some.sampled_from(EXAMPLES), some.booleans())
def test_what_is_shown_can_be_typed_in_again(phone: str, whatsapp: bool) -> None:
    assert read_phone(spelled(f"whatsapp:{phone}" if whatsapp else phone)) == phone
