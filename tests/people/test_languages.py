"""In which language somebody is met."""

from __future__ import annotations

import pytest
from phonenumbers import (
    SUPPORTED_REGIONS,
    PhoneNumberFormat,
    country_code_for_region,
    example_number,
    format_number,
)

from bot.people.languages import SPOKEN, met_in, nearest, of_address, read_language
from bot.people.mistakes import Mistake
from flows.replies import Heard, read

SHARED = {"VA": "IT", "AX": "FI", "EH": "MA", "SJ": "NO", "CC": "AU", "CX": "AU", "YT": "RE"}
"""Countries that share a code with a larger one, outside North America."""


@pytest.mark.parametrize(
    ("asked", "available", "found"),
    [
        ("pt-BR", ("en", "pt", "pt-BR"), "pt-BR"),
        ("pt-BR", ("en", "pt"), "pt"),
        ("pt_BR", ("en", "pt"), "pt"),
        ("pt", ("en", "pt-BR"), None),
        ("xx", ("en",), None),
        ("zh-TW", ("zh", "zh-Hant"), "zh-Hant"),
        ("zh-Hant-HK", ("zh", "zh-Hant"), "zh-Hant"),
        ("zh-Hant", ("zh", "zh-TW"), "zh-TW"),
        ("zh-MO", ("zh", "zh-HK"), "zh-HK"),
        ("zh-SG", ("zh", "zh-Hant"), "zh"),
        ("zh", ("zh-Hant", "zh-CN"), "zh-CN"),
        ("zh-TW", ("zh",), "zh"),
    ],
)
def test_the_nearest_language(asked: str, available: tuple[str, ...], found: str | None) -> None:
    assert nearest(asked, available) == found


def test_a_tag_is_spelled_one_way() -> None:
    assert [read_language(one) for one in ("pt_br", "ZH-hant-tw", "DE")] == [
        "pt-BR", "zh-Hant-TW", "de",
    ]  # fmt: skip
    with pytest.raises(Mistake, match="is not a language"):
        read_language("German")


@pytest.mark.parametrize(
    ("address", "language"),
    [
        ("+4915112345678", "de-DE"),
        ("+12025550150", "en-US"),
        ("+14165550150", None),
        ("+17875550150", "es-PR"),
        ("+18095550150", "es-DO"),
        ("+5541988887777", "pt-BR"),
        ("+919876543210", None),
        ("+41791234567", None),
        ("+886912345678", "zh-TW"),
        ("+80012345678", None),
        ("+1", None),
        ("+", None),
        ("", None),
        ("ID.1234567890", "id-ID"),
        ("JP.ENT.1234567890", "ja-JP"),
        ("CH.1234567890", None),
    ],
)
def test_the_language_of_an_address(address: str, language: str | None) -> None:
    assert of_address(address) == language


@pytest.mark.parametrize("country", sorted(SUPPORTED_REGIONS))
def test_a_number_tells_its_country(country: str) -> None:
    number = example_number(country)
    assert number
    language = SPOKEN.get(country)
    if country in SHARED:
        language = SPOKEN.get(SHARED[country])
    elif country_code_for_region(country) == 1 and str(number.national_number)[:1] == "8":
        return  # an example that is toll-free belongs to all of North America
    found = of_address(format_number(number, PhoneNumberFormat.E164))
    assert (found.partition("-")[0] if found else None) == language


class TestSomebodyIsMet:
    def test_in_their_own_language(self) -> None:
        assert met_in("fr", "+4915112345678", "en", ()) == "fr"

    def test_else_in_that_of_their_country(self) -> None:
        assert met_in(None, "+4915112345678", "en", ()) == "de-DE"
        assert met_in("", "+4915112345678", "it", ("it", "de")) == "de-DE"

    def test_else_in_that_of_the_house(self) -> None:
        assert met_in(None, "+41791234567", "it", ()) == "it"

    def test_by_country_only_if_the_question_can_be_answered_so(self) -> None:
        assert met_in(None, "+4915112345678", "it", ("it",)) == "it"
        assert met_in(None, "+4915112345678", "it-CH", ("it", "fr")) == "it-CH"

    def test_by_country_beside_an_english_question_which_everybody_may_answer(self) -> None:
        assert met_in(None, "+4915112345678", "en-GB", ("en",)) == "de-DE"
        for answer in ("yes", "ja"):
            assert read(Heard(answer), "de-DE").meaning == "yes"
