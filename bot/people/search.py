"""Finding contacts by how words begin, at the same cost among millions as among hundreds."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import phonenumbers
from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot.store.models import Contact, ContactWord, Conversation
from flows import FLOWS

LAST = "\U0010ffff"
"""After every other character."""

LONG = 7
"""Digits of a number that few contacts have."""

WROTE_FIRST = "wrote_first"
"""In place of a state: they wrote before anybody asked them, and nobody has asked them since."""

INITIAL = sorted({flow.initial for flow in FLOWS.values()})


@dataclass(frozen=True, slots=True)
class Found:
    """A page of contacts (ids), and the cursor of the next one."""

    ids: list[UUID]
    next: str | None


class BadCursor(Exception):
    """The cursor is none that a page of this search gave."""


def words_of(name: str, address: str) -> set[str]:
    """What a contact is found by: words of the name, the number with and without country."""
    return _words(name) | _numbers(address)


def find(
    connection: Connection, organization_id: UUID, *, words: str, state: str, after: str, limit: int
) -> Found:  # fmt: skip
    """Contacts all of whose `words` begin a word of theirs, with a conversation in `state`.

    `state` may be `WROTE_FIRST`. Raises `BadCursor`.
    """
    terms = sorted(_terms(words), key=len)
    if terms:
        return _by_words(connection, organization_id, terms, state, after, limit)
    column = Conversation.contact_id if state else Contact.id
    query: Select[Any] = select(column).order_by(column).limit(limit + 1)
    if state:
        query = query.where(Conversation.organization_id == organization_id, *_in_state(state))
        query = query.distinct()
    else:
        query = query.where(Contact.organization_id == organization_id)
        query = query.where(Contact.joined_to.is_(None))
    if after:
        query = query.where(column > read_id(after))
    ids = list(connection.scalars(query))
    return Found(ids[:limit], str(ids[limit - 1]) if len(ids) > limit else None)


def count(connection: Connection, organization_id: UUID, state: str, most: int) -> int:
    """How many contacts have a conversation in `state`; `most` stands for so many or more."""
    theirs = select(Conversation.contact_id).where(
        Conversation.organization_id == organization_id, *_in_state(state)
    )
    few = theirs.distinct().limit(most).subquery()
    return connection.scalar(select(func.count()).select_from(few)) or 0


def wrote_first() -> ColumnElement[bool]:
    """Whether the contact wrote and nobody has asked; where they are heard now, if they joined."""
    return and_(
        Conversation.state.in_(INITIAL),
        Conversation.heard_at.is_not(None),
        Conversation.heard_in.is_(None),
    )


def _by_words(
    connection: Connection, organization_id: UUID, terms: list[str],
    state: str, after: str, limit: int,
) -> Found:  # fmt: skip
    """The longest term leads, in the order of the words that it begins."""
    *others, leading = terms
    query = (
        select(ContactWord.word, ContactWord.contact_id)
        .where(ContactWord.organization_id == organization_id, *_begins(ContactWord.word, leading))
        .where(~_has_word(leading, before=ContactWord.word))
        .order_by(ContactWord.word, ContactWord.contact_id)
        .limit(limit + 1)
    )
    for term in others:
        query = query.where(_has_word(term))
    if state:
        query = query.where(_has_state(state))
    if after:
        word, _, contact_id = after.rpartition(":")
        here = tuple_(ContactWord.word, ContactWord.contact_id)
        query = query.where(here > tuple_(word, read_id(contact_id)))
    rows = connection.execute(query).all()
    last = f"{rows[limit - 1].word}:{rows[limit - 1].contact_id}" if len(rows) > limit else None
    return Found([row.contact_id for row in rows[:limit]], last)


def _begins(
    column: InstrumentedAttribute[str], term: str
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= term, column < term + LAST


def _has_word(term: str, before: InstrumentedAttribute[str] | None = None) -> ColumnElement[bool]:
    """Whether the contact has a word that begins so; `before` another one of theirs.

    The offset is there to have contact after contact looked up, as far as a page needs them:
    without it PostgreSQL may compare every contact's words with every other's. A long number begins
    few words, and those lie side by side.
    """
    other = aliased(ContactWord)
    conditions = [
        other.organization_id == ContactWord.organization_id,
        other.contact_id == ContactWord.contact_id,
        *_begins(other.word, term),
    ]
    if before is not None:
        conditions.append(other.word < before)
    if term.isdigit() and len(term) >= LONG:
        return exists().where(*conditions)
    return exists(select(other.word).where(*conditions).offset(0))


def _has_state(state: str) -> ColumnElement[bool]:
    return exists().where(
        Conversation.organization_id == ContactWord.organization_id,
        Conversation.contact_id == ContactWord.contact_id,
        *_in_state(state),
    )


def _in_state(state: str) -> list[ColumnElement[bool]]:
    return [wrote_first()] if state == WROTE_FIRST else [Conversation.state == state]


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return set(re.findall(r"\w+", bare))


def _terms(text: str) -> set[str]:
    """What was typed, as words; a number however it was written, without what stands before it."""
    if re.fullmatch(r"[+\d\s()/.-]*\d[\d\s()/.-]*", text):
        return {re.sub(r"\D", "", text).lstrip("0")} - {""}
    return _words(text)


def _numbers(address: str) -> set[str]:
    if not address.startswith("+"):
        return {address.casefold()} | _words(address)
    national = phonenumbers.parse(address)
    return {address[1:], phonenumbers.national_significant_number(national)}


def read_id(text: str) -> UUID:
    """Read a cursor that is an id. Raises `BadCursor`."""
    try:
        return UUID(text)
    except ValueError:
        raise BadCursor("the cursor is none that was given; begin again without it") from None
