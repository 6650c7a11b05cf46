"""Contacts from a file: CSV with the columns name, phone and, if wanted, language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from uuid import UUID

from bot.people.csv_lines import Skipped, read_lines, read_text
from bot.people.languages import read_language
from bot.people.phones import read_phone_in_file, read_region

__all__ = ["LONGEST_NAME", "Newcomer", "Skipped", "in_batches", "read"]

LONGEST_NAME = 200

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody that a line of the file names; `contact_id` when they were found as a contact."""

    line: int
    name: str
    phone: str
    language: str | None
    contact_id: UUID | None = None


def read(lines: Iterable[str], region: str | None = None) -> Iterator[Newcomer | Skipped]:
    """Read a file line by line; gives back every line that is not empty, as one or the other.

    `region` is the country of numbers without a country code. Raises `Mistake` for a first line
    that does not name the columns, and for a region that is none.
    """
    country = read_region(region)

    def take(number: int, given: Mapping[str, str]) -> Newcomer:
        """Read a line. Raises `Mistake` for a field that is none."""
        language = given.get("language")
        return Newcomer(
            number,
            read_text("name", given["name"], LONGEST_NAME),
            read_phone_in_file(given["phone"], country),
            read_language(language) if language else None,
        )

    yield from read_lines(lines, ("name", "phone"), ("language",), take)


def in_batches(lines: Iterator[Line], size: int) -> Iterator[list[Line]]:
    """The lines of a file, up to `size` at a time."""
    while batch := list(islice(lines, size)):
        yield batch
