"""The people with phones: who can be reached, who answers what, and the numbers that say so.

Numbers that need no set-up (all of them valid for phonenumbers):

| number | behaves |
|---|---|
| +12025550101 | answers yes |
| +12025550102 | answers no |
| +12025550103 | never answers |
| +12025550104 | not on WhatsApp: 63003 |
| +12025550105 | not on WhatsApp, the other way Meta says it: 63024 |
| +12025550106 | opted out at WhatsApp: 63014 |
| +12025550107 | taps yes |
| +12025550108 | taps no |
| +12025550109 | blocked us: stays `sent` |
| +12025550110 | phone off: stays `sent` |
| +12025550111 | SMS only: 63003 on WhatsApp |
| +150055 and five digits | fails with that code, e.g. +15005563049; 2xxxx refuses the request |
| +15005550001, 2, 3, 4, 9 | Twilio's own test numbers: 21211, 21612, 21408, 21610, 21614 |

Everybody else is reachable and answers only by hand.
"""

import re
import threading
import zlib
from dataclasses import dataclass, replace
from typing import Any, Final

import phonenumbers

from bot.simulator.addresses import WHATSAPP, Address, is_phone

BY_HAND: Final = "by hand"
BEHAVIOURS: Final = frozenset(
    {BY_HAND, "answers yes", "answers no", "taps yes", "taps no", "never answers"}
)

EVERYWHERE: Final = "everywhere"
NOT_ON_WHATSAPP: Final = "not on WhatsApp"
BLOCKED_US: Final = "blocked us"
PHONE_OFF: Final = "phone off"

# Where a message to such a person ends on WhatsApp; None: it stays `sent` or arrives.
REACHABLE: Final[dict[str, int | None]] = {
    EVERYWHERE: None,
    NOT_ON_WHATSAPP: 63003,
    "invalid recipient": 63024,
    "SMS only": 63003,
    "opted out": 63014,
    BLOCKED_US: None,
    PHONE_OFF: None,
}

KNOWN_NUMBERS: Final[dict[str, dict[str, Any]]] = {
    "+12025550101": {"behaviour": "answers yes"},
    "+12025550102": {"behaviour": "answers no"},
    "+12025550103": {"behaviour": "never answers"},
    "+12025550104": {"reachable": NOT_ON_WHATSAPP},
    "+12025550105": {"reachable": "invalid recipient"},
    "+12025550106": {"reachable": "opted out"},
    "+12025550107": {"behaviour": "taps yes"},
    "+12025550108": {"behaviour": "taps no"},
    "+12025550109": {"reachable": BLOCKED_US},
    "+12025550110": {"reachable": PHONE_OFF},
    "+12025550111": {"reachable": "SMS only"},
}
_TEST_NUMBERS: Final = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
_CODE_IN_NUMBER = re.compile(r"\+150055([2-6]\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Customer:
    """One person: phone (None if only the user id is known), reach, and how they answer."""

    phone: str | None
    user_id: str
    profile_name: str
    behaviour: str = BY_HAND
    reachable: str = EVERYWHERE
    error_code: int | None = None
    language: str = "en"
    read_receipts: bool = True

    @property
    def key(self) -> str:
        """The name they are kept under: the phone number, or the user id without one."""
        return self.phone or self.user_id

    @property
    def whatsapp(self) -> Address:
        """The WhatsApp address a webhook shows: the number if it is known."""
        return Address(WHATSAPP, self.key)

    def failure_on(self, address: Address) -> int | None:
        """Return the error code a message to this address ends with, if any."""
        if self.error_code and (address.is_whatsapp or not 63000 <= self.error_code < 64000):
            return self.error_code
        return REACHABLE[self.reachable] if address.is_whatsapp else None

    def stays_silent_on(self, address: Address) -> bool:
        """Say whether a message is sent but never delivered: phone off, or blocked us."""
        blocked = self.reachable == BLOCKED_US and address.is_whatsapp
        return blocked or self.reachable == PHONE_OFF


class Customers:
    """Everybody the stand-in has met; strangers come into being when they are first named."""

    def __init__(self) -> None:
        """Start empty."""
        self._people: dict[str, Customer] = {}
        self._by_user_id: dict[str, str] = {}
        self._lock = threading.Lock()

    def named(self, name: str) -> Customer:
        """Return the customer with this phone number or user id."""
        return self.find(name) or self.change(stranger(name))

    def find(self, name: str) -> Customer | None:
        """Return the customer with this phone number or user id if they have been met."""
        return self._people.get(self._by_user_id.get(name, name))

    def change(self, customer: Customer) -> Customer:
        """Keep a customer in place of the one with the same key."""
        with self._lock:
            self._people[customer.key] = customer
            self._by_user_id[customer.user_id] = customer.key
        return customer

    def everybody(self) -> list[Customer]:
        """Return all customers met so far."""
        with self._lock:
            return list(self._people.values())

    def forget_everybody(self) -> None:
        """Start again with strangers."""
        with self._lock:
            self._people.clear()
            self._by_user_id.clear()


def stranger(name: str) -> Customer:
    """Make the customer a number stands for, from the tables above."""
    if not is_phone(name):
        return Customer(None, name, "Customer " + name[-4:])
    customer = Customer(name, _user_id(name), "Customer " + name[-4:])
    customer = replace(customer, error_code=_code_in(name))
    return replace(customer, **KNOWN_NUMBERS.get(name, {}))


def country_of(phone: str) -> str:
    """Return the two-letter country of an E.164 number, `US` where it cannot be told."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return "US"
    return phonenumbers.region_code_for_country_code(number.country_code or 1)


def _user_id(phone: str) -> str:
    return f"{country_of(phone)}.{zlib.crc32(phone.encode()):010d}{phone[-4:]}"


def _code_in(phone: str) -> int | None:
    if phone in _TEST_NUMBERS:
        return _TEST_NUMBERS[phone]
    found = _CODE_IN_NUMBER.fullmatch(phone)
    return int(found[1]) if found and not phone.startswith("+1500555000") else None
