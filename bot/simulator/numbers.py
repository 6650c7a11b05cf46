"""The numbers that need no set-up: what each one does."""

from typing import Any, Final

from bot.simulator.codes import FAILURES, REFUSALS
from bot.simulator.customers import KNOWN_NUMBERS, stranger

# Codes that answer no call and no message: a wrong path, a wrong method, our own fault.
_OF_REQUESTS: Final = frozenset({20004, 20500})


def people_with_numbers() -> list[dict[str, Any]]:
    """List the numbers of people who always behave the same, and how."""
    return [{"phone": phone, "does": does(phone)} for phone in KNOWN_NUMBERS]


def does(phone: str) -> str:
    """Say in words how the person with a number behaves."""
    person = stranger(phone)
    reach = "" if person.reachable == "everywhere" else person.reachable
    acts = "" if person.behaviour == "by hand" else person.behaviour
    return ", ".join(word for word in (reach, acts) if word) or "answers by hand"


def codes_with_numbers() -> list[tuple[int, str]]:
    """List every error code that can be provoked, with the number that provokes it."""
    codes = (REFUSALS.keys() | FAILURES.keys()) - _OF_REQUESTS
    return [(code, number_of(code)) for code in sorted(codes)]


def number_of(code: int) -> str:
    """Return the number to which every message ends with that code."""
    return f"+150055{code:05d}"
