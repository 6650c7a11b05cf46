"""Numbers with two spellings, and which addresses may be one person's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people.spellings import may_be_one, other_spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+525512345678", "+5215512345678"),
        ("+541123456789", "+5491123456789"),
        ("+554188887777", "+5541988887777"),
        ("+554198887777", "+5541998887777"),
    ],
)
def test_a_mobile_number_of_these_countries_has_two(one: str, other: str) -> None:
    assert (other_spelling(one), other_spelling(other)) == (other, one)


@pytest.mark.parametrize(
    "phone",
    [
        "+554133334444",  # a landline in Brazil
        "+5541933334444",  # nine digits, and still no mobile number
        "+4915112345678", "+12025550123", "+52551234567", "+5255123456789", "+54112345678",
        "US.13491208655302741918",
    ],
)  # fmt: skip
def test_all_others_have_one(phone: str) -> None:
    assert other_spelling(phone) is None


@given(st.from_regex(r"\+5[245][1-9][0-9]{6,13}", fullmatch=True))
def test_the_other_spelling_of_the_other_spelling_is_the_number(phone: str) -> None:
    other = other_spelling(phone)
    assert other is None or (other != phone and other_spelling(other) == phone)


@pytest.mark.parametrize(
    ("addresses", "maybe"),
    [
        ({"+525512345678", "+5215512345678", "MX.1"}, True),
        ({"+525512345678", "+525512345679"}, False),
        ({"+4915112345678", "DE.1"}, True),
        ({"+4915112345678", "DE.1", "DE.2"}, False),
        ({"DE.1", "DE.2"}, False),
        ({"+4915112345678", "+12025550123"}, False),
    ],
)
def test_one_person_has_one_number_and_one_user_id(addresses: set[str], maybe: bool) -> None:
    assert may_be_one(addresses) is maybe
