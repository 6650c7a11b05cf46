"""Languages: tags as BCP 47 spells them, the nearest of several, the one to meet a contact in."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumber, region_code_for_number

from bot.people.mistakes import Mistake

TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?", re.ASCII)

SPOKEN = {
    country: language
    for language, countries in {
        "ar": "DZ EG JO LB LY MA PS SA SD SY TN YE",
        "de": "AT DE LI",
        "en": "AG AI AU BB BM BS DM GB GD GG IE IM JE JM KN KY MS NZ TC TT US VC VG VI",
        "es": "AR BO CL CO CR CU DO EC ES GT HN MX NI PA PE PR SV UY VE",
        "fr": "BL FR GF GP MC MF MQ PM RE",
        "id": "ID",
        "it": "IT SM VA",
        "ja": "JP",
        "nl": "NL SR",
        "pt": "AO BR PT ST",
        "zh": "CN HK MO TW",
    }.items()
    for country in countries.split()
}
"""Countries in which one language of ours is clearly the one to write in.

Belgium, Canada, India, Switzerland and others that speak several are left out on purpose.
"""

NORTH_AMERICA = 1
_ANYWHERE = "2345678"
"""A number of seven digits that exists under every North American area code."""

_SCRIPTS = {
    "zh": ("zh-Hans", "zh-CN"),
    "zh-Hant": ("zh-TW", "zh-HK"),
    "zh-TW": ("zh-Hant",),
    "zh-HK": ("zh-Hant",),
    "zh-MO": ("zh-Hant", "zh-HK"),
}
"""Chinese is written in two ways, and a region stands for one of them."""


def read_language(text: str) -> str:
    """Read a language tag: `pt_br` becomes `pt-BR`. Raises `Mistake` when it is none."""
    found = TAG.fullmatch(text.strip())
    if not found:
        raise Mistake(f"{text!r} is not a language. Use a tag like en, de or pt-BR.")
    language, script, region = found.groups()
    parts = (language.lower(), script and script.title(), region and region.upper())
    return "-".join(part for part in parts if part)


def nearest(language: str, available: Collection[str]) -> str | None:
    """The best of `available` for a language tag: `pt-BR`, then `pt`; None without either."""
    return next((tag for tag in wider(language) if tag in available), None)


@lru_cache(maxsize=1024)
def wider(language: str) -> tuple[str, ...]:
    """A language tag and what may stand for it, the nearest first: `zh-TW`, `zh-Hant`, `zh`."""
    parts = language.replace("_", "-").split("-")
    tags = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    found = [one for tag in tags for one in (tag, *_SCRIPTS.get(tag, ()))]
    return tuple(dict.fromkeys([language, *found]))


def met_in(own: str | None, address: str, house: str, templates: Collection[str]) -> str:
    """The language in which a contact is asked, answered and understood.

    The contact's own; else the one of the country that the address belongs to; else the house's.
    A guess by country gives way where the request could only go out in a third language: an answer
    is read in one language and English, so that one must be the language of the question.
    """
    if own:
        return own
    guess = of_address(address)
    if guess is None or nearest(guess, templates):
        return guess or house
    asked = nearest(house, templates)
    return guess if asked is None or "en" in wider(asked) else house


def of_address(address: str) -> str | None:
    """The main language of the country of a number, or of a WhatsApp user id `CC.…`, as `pt-BR`."""
    return _of_country(address[:5]) if address[:1] == "+" else _tag(address.partition(".")[0])


@cache
def _of_country(prefix: str) -> str | None:
    """What the first digits say; there are 10,000 of them at most."""
    digits = prefix[1:]
    for code in (digits[:length] for length in (1, 2, 3)):
        countries = COUNTRY_CODE_TO_REGION_CODE.get(int(code) if code.isdecimal() else 0)
        if countries:
            return _tag(_north_american(digits) if code == "1" else countries[0])
    return None


def _north_american(digits: str) -> str | None:
    """The country of an area code, of which the United States have most and not all."""
    area = digits[1:4]
    number = PhoneNumber(NORTH_AMERICA, int(f"{area}{_ANYWHERE}") if area.isdecimal() else 0)
    return region_code_for_number(number)


def _tag(country: str | None) -> str | None:
    language = SPOKEN.get(country or "")
    return f"{language}-{country}" if language else None
