"""Contacts from a file: CSV with the columns name, phone and, if wanted, language.

Each line is read for itself, so that one that cannot be read never stops or swallows the rest.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from bot.people.languages import read_language
from bot.people.mistakes import Mistake
from bot.people.phones import read_phone, read_region

LONGEST_NAME = 200
COLUMNS: tuple[str, ...] = ("name", "phone", "language")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody that a line of the file names."""

    line: int
    name: str
    phone: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that brought no contact: it is already there, repeated in the file, or unusable."""

    line: int
    why: Literal["existing", "repeated", "unusable"]
    words: str


def read(lines: Iterable[str], region: str | None = None) -> Iterator[Newcomer | Skipped]:
    """Read a file line by line; gives back every line that is not empty, as one or the other.

    `region` is the country of numbers without a country code. Raises `Mistake` for a first line
    that does not name the columns, and for a region that is none.
    """
    region = read_region(region)
    numbered = enumerate(lines, start=1)
    places, delimiter = _read_header(next(numbered, (1, ""))[1])
    seen: dict[str, int] = {}
    for number, line in numbered:
        if not line.strip(f"{delimiter} \t\r\n"):
            continue
        found = _read_line(number, line, delimiter, places, region)
        if isinstance(found, Newcomer) and seen.setdefault(found.phone, number) != number:
            words = f"{found.phone} stands in line {seen[found.phone]} already"
            found = Skipped(number, "repeated", words)
        yield found


def in_batches(
    lines: Iterator[Newcomer | Skipped], size: int
) -> Iterator[list[Newcomer | Skipped]]:
    """The lines of a file, up to `size` at a time."""
    while batch := list(islice(lines, size)):
        yield batch


def _read_header(line: str) -> tuple[dict[str, int], str]:
    line = line.removeprefix("\ufeff")
    delimiter = max(",;\t", key=line.count)
    names = [name.strip().lower() for name in _split(line, delimiter)]
    places = {name: names.index(name) for name in COLUMNS if name in names}
    if not {"name", "phone"} <= places.keys():
        found = ", ".join(repr(name) for name in names if name) or "nothing"
        raise Mistake(
            "The first line must name the columns: name,phone or name,phone,language. "
            f"It has: {found}."
        )
    return places, delimiter


def _split(line: str, delimiter: str) -> Sequence[str]:
    return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter, strict=True), [])


def _read_line(
    number: int, line: str, delimiter: str, places: dict[str, int], region: str | None
) -> Newcomer | Skipped:
    try:
        fields = _split(line, delimiter)
        given = {
            name: fields[place].strip() if place < len(fields) else ""
            for name, place in places.items()
        }
        language = given.get("language")
        return Newcomer(
            number,
            _read_name(given["name"]),
            read_phone(given["phone"], region),
            read_language(language) if language else None,
        )
    except csv.Error:
        return Skipped(number, "unusable", UNQUOTED)
    except Mistake as error:
        return Skipped(number, "unusable", str(error))


UNQUOTED = "A quotation mark is not closed, or stands inside a field."


def _read_name(name: str) -> str:
    if not name:
        raise Mistake("The name is missing.")
    if any("\ud800" <= sign <= "\udfff" for sign in name):
        raise Mistake("The name is not UTF-8. Save the file as 'CSV UTF-8'.")
    if "\0" in name or len(name) > LONGEST_NAME:
        raise Mistake(f"The name cannot be kept: it has more than {LONGEST_NAME} signs, or a NUL.")
    return name
