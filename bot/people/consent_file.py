"""Consents given elsewhere, from a file: CSV with the columns phone, source, date, evidence.

Columns for the name and the language of those who are no contacts yet may stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.people.contact_file import LONGEST_NAME
from bot.people.csv_lines import Skipped, read_lines, read_text
from bot.people.languages import read_language
from bot.people.mistakes import Mistake
from bot.people.phones import read_phone_in_file, read_region

NEEDED = ("phone", "source", "date", "evidence")
WANTED = ("name", "language")
LONGEST_SOURCE, LONGEST_EVIDENCE = 200, 2000


@dataclass(frozen=True, slots=True)
class Witness:
    """What a line says: who consented, where, on which day, and what shows it."""

    line: int
    phone: str
    source: str
    day: date
    evidence: str
    name: str
    language: str | None


def read(
    lines: Iterable[str], today: date, region: str | None = None
) -> Iterator[Witness | Skipped]:
    """Read a file line by line; gives back every line that is not empty, as one or the other.

    `region` is the country of numbers without a country code. Raises `Mistake` for a first line
    that does not name the columns, and for a region that is none.
    """
    country = read_region(region)

    def take(number: int, given: Mapping[str, str]) -> Witness:
        """Read a line. Raises `Mistake` for a field that is none."""
        phone = read_phone_in_file(given["phone"], country)
        language = given.get("language")
        return Witness(
            number,
            phone,
            read_text("source", given["source"], LONGEST_SOURCE),
            _read_day(given["date"], today),
            read_text("evidence", given["evidence"], LONGEST_EVIDENCE),
            read_text("name", given.get("name") or phone, LONGEST_NAME),
            read_language(language) if language else None,
        )

    yield from read_lines(lines, NEEDED, WANTED, take)


def _read_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Mistake(
            f"{text!r} is not a date. Write year, month and day, like 2026-05-31."
        ) from None
    if day > today:
        raise Mistake(f"{day} is still to come: consent was given before it is brought in.")
    return day
