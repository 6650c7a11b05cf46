"""Numbers that WhatsApp may spell otherwise than they were written down.

Three countries have mobile numbers in two spellings: Mexico with and without a 1, Argentina with
and without a 9 after the country code, Brazil with and without a ninth digit before the number. A
second spelling is only a possibility: landlines and other people's numbers look the same, so
nobody is joined on it without proof.
"""

from __future__ import annotations

import re

_SPELLINGS = (
    (re.compile(r"(\+52)(1?)([2-9]\d{9})"), "1"),
    (re.compile(r"(\+54)(9?)([1-8]\d{9})"), "9"),
    (re.compile(r"(\+55[1-9]\d)(9?)([6-9]\d{7})"), "9"),
)


def other_spelling(phone: str) -> str | None:
    """The other spelling of a number (E.164) that has two; None for all others."""
    for pattern, digit in _SPELLINGS:
        found = pattern.fullmatch(phone)
        if found:
            before, given, rest = found.groups()
            return before + ("" if given else digit) + rest
    return None


def may_be_one(addresses: set[str]) -> bool:
    """Whether all of these may be one person's: one number in its spellings, and one user id.

    Whoever changes their number gets another user id, so that two of either are two people.
    https://www.twilio.com/docs/whatsapp/key-concepts
    """
    phones = {address for address in addresses if address.startswith("+")}
    if len(addresses - phones) > 1:
        return False
    return all({other_spelling(one), one} >= phones for one in phones)
