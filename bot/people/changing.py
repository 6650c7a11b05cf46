"""Changes to a contact that is there."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, delete

from bot.people.contact_file import LONGEST_NAME
from bot.people.contacts import Person
from bot.people.languages import read_language
from bot.people.mistakes import Mistake
from bot.people.search import words_of
from bot.store.bulk import insert_all, update_all
from bot.store.models import Contact, ContactWord


def change_contact(
    connection: Connection, organization_id: UUID, person: Person, name: str, language: str
) -> None:
    """Give a contact another name or language, and have it found by them. Raises `Mistake`.

    An empty language is the organization's. Addresses stay: consent belongs to them.
    """
    written = read_name(name)
    row = {"organization_id": organization_id, "id": person.id, "name": written}
    row |= {"language": read_language(language) if language.strip() else None}
    update_all(connection, Contact, [row])
    connection.execute(
        delete(ContactWord).where(
            ContactWord.organization_id == organization_id, ContactWord.contact_id == person.id
        )
    )
    words = set().union(*(words_of(written, place.value) for place in person.places))
    theirs = {"organization_id": organization_id, "contact_id": person.id}
    insert_all(connection, ContactWord, [theirs | {"word": word} for word in sorted(words)])


def read_name(name: str) -> str:
    """Read a contact's name. Raises `Mistake` when there is none, or it cannot be kept."""
    written = " ".join(name.split())
    if not written:
        raise Mistake("The name is missing.")
    if "\0" in written or len(written) > LONGEST_NAME:
        raise Mistake(f"A name has at most {LONGEST_NAME} characters.")
    return written
