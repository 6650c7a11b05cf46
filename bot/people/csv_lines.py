"""CSV files that people make: each line is read for itself.

One that cannot be read never stops or swallows the rest.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar
from uuid import UUID

from bot.people.mistakes import Mistake

UNQUOTED = "A quotation mark is not closed, or stands inside a field."


class Named(Protocol):
    """Somebody whom a line names."""

    @property
    def phone(self) -> str:
        """The number, which no two lines may name."""
        ...


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that brought nobody: already there, repeated in the file, or unusable.

    So too a contact who was chosen: `contact_id`, or `not_found` when there is none.
    """

    line: int
    why: Literal["existing", "repeated", "unusable", "not_found"]
    words: str
    contact_id: UUID | None = None


Somebody = TypeVar("Somebody", bound=Named)
Take = Callable[[int, Mapping[str, str]], Somebody]
"""Makes somebody of a line's number and its fields by column. Raises `Mistake`."""


def read_lines(
    lines: Iterable[str], needed: Sequence[str], wanted: Sequence[str], take: Take[Somebody]
) -> Iterator[Somebody | Skipped]:
    """Read a file line by line; gives back every line that is not empty, as one or the other.

    Its first line must name the columns that are `needed`, and may name those that are `wanted`.
    Raises `Mistake` when it does not.
    """
    numbered = enumerate(lines, start=1)
    places, delimiter = _read_header(next(numbered, (1, ""))[1], needed, wanted)
    seen: dict[str, int] = {}
    for number, line in numbered:
        if not line.strip(f"{delimiter} \t\r\n"):
            continue
        found = _read_line(number, line, delimiter, places, take)
        if not isinstance(found, Skipped) and seen.setdefault(found.phone, number) != number:
            words = f"{found.phone} stands in line {seen[found.phone]} already."
            yield Skipped(number, "repeated", words)
        else:
            yield found


def _read_header(
    line: str, needed: Sequence[str], wanted: Sequence[str]
) -> tuple[dict[str, int], str]:
    line = line.removeprefix("\ufeff")
    delimiter = max(",;\t", key=line.count)
    names = [name.strip().lower() for name in _split(line, delimiter)]
    places = {name: names.index(name) for name in (*needed, *wanted) if name in names}
    if not set(needed) <= places.keys():
        found = ", ".join(repr(name) for name in names if name) or "nothing"
        raise Mistake(
            f"The first line must name the columns: {','.join(needed)} or "
            f"{','.join([*needed, *wanted])}. It has: {found}."
        )
    return places, delimiter


def _read_line(
    number: int, line: str, delimiter: str, places: Mapping[str, int], take: Take[Somebody]
) -> Somebody | Skipped:
    try:
        fields = _split(line, delimiter)
        return take(
            number,
            {
                name: fields[place].strip() if place < len(fields) else ""
                for name, place in places.items()
            },
        )
    except csv.Error:
        return Skipped(number, "unusable", UNQUOTED)
    except Mistake as error:
        return Skipped(number, "unusable", str(error))


def _split(line: str, delimiter: str) -> Sequence[str]:
    return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter, strict=True), [])


def read_text(name: str, text: str, longest: int) -> str:
    """Read a field that must say something. Raises `Mistake`."""
    if not text:
        raise Mistake(f"The {name} is missing.")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Mistake(f"The {name} is not UTF-8. Save the file as 'CSV UTF-8'.")
    if "\0" in text or len(text) > longest:
        raise Mistake(f"The {name} cannot be kept: it has more than {longest} signs, or a NUL.")
    return text
