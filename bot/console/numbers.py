"""Numbers and user ids as people read them."""

from __future__ import annotations

import phonenumbers

from bot.people.organizations import WHATSAPP


def spelled(address: str | None) -> str:
    """A number in the groups of its country: `whatsapp:+4915112345678` is +49 1511 2345678.

    Whatever is no number, like the user id of somebody who has none, stays as it is; None, an
    address that nobody could read, is nothing.
    """
    written = (address or "").removeprefix(WHATSAPP)
    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:
        return written
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
