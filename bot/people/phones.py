"""Phone numbers, as people write them and as E.164 spells them."""

from __future__ import annotations

import re
import unicodedata

from phonenumbers import (
    SUPPORTED_REGIONS,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    parse,
)

from bot.people.mistakes import Mistake
from bot.people.spellings import other_spelling

MANGLED = re.compile(r"\d[.,]?\d*E\+?\d+", re.IGNORECASE)
"""A long number as a spreadsheet shows it, with its last digits gone."""

EXTENSION = re.compile(r"\d\s*(?:x|ext\.?|extension|#|;ext=)\s*\d+", re.IGNORECASE)

WRITTEN = re.compile(r"\(?[+\uff0b]?[\d\s().\u2010-\u2015/\u00a0-]+")

SHORTEST, LONGEST = 7, 15
"""Digits of an E.164 number that the provider takes."""


WITHOUT_COUNTRY = "has no country code."


class BadPhone(Mistake):
    """A text is no phone number that can be written to; the message says what to do."""


def read_phone(text: str, region: str | None = None) -> str:
    """Read a phone number and give it back in E.164. Raises `BadPhone`.

    `region` is the country (`DE`) of numbers without a country code. A number only has to be
    possible: ranges reserved for tests and films are taken too.
    """
    written = _visible(text)
    if not written:
        raise BadPhone("The phone number is missing. Write it with its country code, like +49….")
    if MANGLED.fullmatch(written):
        raise BadPhone(
            f"{written!r} was shortened by a spreadsheet and its last digits are lost. Format the "
            "column as text and enter the number again."
        )
    if EXTENSION.search(written):
        raise BadPhone(
            f"{written!r} has an extension, which no message can reach. Write a number of its own."
        )
    if written.count("+") > 1:
        raise BadPhone(f"{written!r} is more than one number. Add a contact for each.")
    if not WRITTEN.fullmatch(written):
        raise BadPhone(f"{written!r} is not a phone number. Write digits only, as +4915112345678.")
    number = _parse(written, read_region(region))
    _demand_possible(written, number)
    phone = format_number(number, PhoneNumberFormat.E164)
    if format_number(_parse(phone, None), PhoneNumberFormat.E164) != phone:
        # Only zeros behave so; taken, it would be two contacts under two spellings.
        raise BadPhone(f"{written!r} is not a phone number. Write it like +4915112345678.")
    return phone


def read_phone_in_file(text: str, region: str | None) -> str:
    """Read a number of a file, for which one country may be named. Raises `BadPhone`."""
    try:
        return read_phone(text, region)
    except BadPhone as error:
        way_out = " Or name the country of numbers without one." * (WITHOUT_COUNTRY in str(error))
        raise BadPhone(f"{error}{way_out}") from None


def read_region(text: str | None) -> str | None:
    """Read a country of two letters; None stays None. Raises `BadPhone` for one we do not know."""
    if text is None:
        return None
    region = text.strip().upper()
    if region not in SUPPORTED_REGIONS:
        raise BadPhone(f"{text!r} is not a country. Use its two letters, like DE or US.")
    return region


def _visible(text: str) -> str:
    """Without what address books and spreadsheets put around a number, for it to stay as it is.

    Direction marks, and the apostrophe before a text.
    """
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf").strip()
    return seen.removeprefix("'").lstrip()


def _parse(written: str, region: str | None) -> PhoneNumber:
    try:
        return parse(written, region)
    except NumberParseException as error:
        raise BadPhone(_why_unreadable(written, region, error)) from None


def _why_unreadable(written: str, region: str | None, error: NumberParseException) -> str:
    if error.error_type != NumberParseException.INVALID_COUNTRY_CODE:
        return f"{written!r} is not a phone number. Write it like +4915112345678."
    if region is None and not written.startswith(("+", "\uff0b")):
        return f"{written!r} {WITHOUT_COUNTRY} Write it like +4915112345678."
    return f"{written!r} begins with a country code that does not exist."


def _demand_possible(written: str, number: PhoneNumber) -> None:
    reason = is_possible_number_with_reason(number)
    digits = len(format_number(number, PhoneNumberFormat.E164)) - 1
    if reason == ValidationResult.IS_POSSIBLE and SHORTEST <= digits <= LONGEST:
        return
    # WhatsApp still spells Mexican numbers with the 1 that was dropped from dialling.
    if other_spelling(format_number(number, PhoneNumberFormat.E164)):
        return
    words = {
        ValidationResult.TOO_SHORT: "has too few digits",
        ValidationResult.TOO_LONG: "has too many digits",
        ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "lacks its area code",
    }
    why = words.get(reason, "does not have the length of a number of its country")
    raise BadPhone(f"{written!r} {why}. Check it, and write it with its country code.")
