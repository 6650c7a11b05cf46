"""Changing what people read: proofread first, kept as a version, ours back at any time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Connection, select

from bot.conversations import house_texts
from bot.conversations.proofreading import faults
from bot.conversations.wording import (
    FALLBACK,
    OwnWording,
    Reader,
    Wording,
    reader_of,
    texts,
    unfilled,
)
from bot.people.languages import read_language
from bot.people.mistakes import Mistake
from bot.store.models import Organization


class Unfit(Mistake):
    """A text is not fit to be read; `faults` says why, a sentence each."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(" ".join(found))
        self.faults = found


@dataclass(frozen=True, slots=True)
class Standing:
    """A text by its name, who reads it, and its wording in a language as it stands."""

    name: str
    reader: Reader
    wording: Wording


@cache
def names() -> Mapping[str, Reader]:
    """The names of all texts, and who reads each."""
    ours = texts()[FALLBACK]
    return {name: reader_of(name) for part in ("contact", "agent") for name in ours[part]}


def standing(own: OwnWording, language: str) -> list[Standing]:
    """What an organization says in a language."""
    return [named(own, language, name) for name in names()]


def named(own: OwnWording, language: str, name: str) -> Standing:
    """A text as an organization says it. Raises `Mistake` when there is none of that name."""
    _known(name)
    reader = reader_of(name)
    return Standing(name, reader, unfilled(name, reader, language, own))


def spoken(own: OwnWording) -> list[str]:
    """The languages that there are texts in: ours, and those that an organization added."""
    return sorted({*texts(), *(language for language, _ in own.texts)})


def reword(
    connection: Connection, organization_id: UUID, language: str, name: str, text: str,
    by: str, now: datetime,
) -> bool:  # fmt: skip
    """Put a text in place of ours; False if it stands so already. Raises `Mistake`, or `Unfit`."""
    tag, text = _read(language, name), "\n".join(text.splitlines()).strip()
    business = connection.scalars(
        select(Organization.name).where(Organization.id == organization_id)
    ).one()
    if found := faults(name, tag, text, business):
        raise Unfit(found)
    before = named(house_texts.newest(connection, organization_id), tag, name).wording
    if (before.language, before.text) == (tag, text):
        return False
    house_texts.change(connection, organization_id, tag, name, text, by, now)
    return True


def restore(
    connection: Connection, organization_id: UUID, language: str, name: str, by: str, now: datetime
) -> None:
    """Put ours back. Raises `Mistake` when there is nothing to put back."""
    tag = _read(language, name)
    if (tag, name) not in house_texts.newest(connection, organization_id).texts:
        raise Mistake(f"The text {name!r} in {tag} is ours already.")
    house_texts.change(connection, organization_id, tag, name, None, by, now)


def _read(language: str, name: str) -> str:
    _known(name)
    return read_language(language)


def _known(name: str) -> None:
    if name not in names():
        raise Mistake(f"There is no text {name!r}. There are: {', '.join(names())}.")
