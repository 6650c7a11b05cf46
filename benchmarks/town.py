"""A town full of contacts who have been asked, made by the database itself from a row of numbers.

Everything of contact number `n` can be told from `n`: its ids, its phone number, its message.
"""

from __future__ import annotations

from sqlalchemy import Connection

from benchmarks.places import Place
from benchmarks.spelling import Speech, speech_of
from benchmarks.town_rows import (
    ADDRESS,
    CONTACT,
    CONVERSATION,
    MESSAGE,
    ORGANIZATION,
    QUESTION,
    SENDER,
    SENDER_ID,
    TEMPLATE,
    Town,
    answer,
    key,
    phone,
    row_id,
    rows,
    words,
)
from bot.store.bulk import insert_all
from bot.store.db import Database, open_database
from bot.store.models import Base, ContactWord, Organization, Sender

CHUNK = 100_000


def found(place: Place, town: Town) -> None:
    """Fill an empty database with a town."""
    database = open_database(place.url)
    with database.writing() as connection:
        _add_house(connection, town)
    settle(database, town)
    _tidy(database)
    database.close()


def settle(database: Database, town: Town) -> None:
    """Add the contacts of a town, and their conversations."""
    speech = speech_of(database.name)
    for start in range(town.first, town.first + town.count, CHUNK):
        last = min(start + CHUNK, town.first + town.count) - 1
        with database.writing() as connection:
            speech.prepare(connection)
            for model, columns in rows(speech, town).items():
                _add(connection, speech, model, columns, start, last)
            for word in words(speech) if town.searchable else ():
                _add(connection, speech, ContactWord, word, start, last)


def _add_house(connection: Connection, town: Town) -> None:
    house = {"id": ORGANIZATION, "name": "Acme", "whatsapp": True, "sms": "disclaimer"}
    insert_all(connection, Organization, [house | {"created_at": town.asked_at}])
    sender = {"id": SENDER_ID, "organization_id": ORGANIZATION, "channel": "whatsapp"}
    sender |= {"address": SENDER, "templates": {"en": TEMPLATE}, "created_at": town.asked_at}
    insert_all(connection, Sender, [sender])


def _add(
    connection: Connection, speech: Speech, model: type[Base], columns: dict[str, str],
    first: int, last: int,
) -> None:  # fmt: skip
    filled = speech.defaults(model) | columns
    names = ", ".join(f'"{name}"' for name in filled)
    connection.exec_driver_sql(
        f'INSERT INTO "{model.__tablename__}" ({names}) '
        f"SELECT {', '.join(filled.values())} FROM {speech.series(first, last)}"
    )


def _tidy(database: Database) -> None:
    """Let the planner know what is there, and have it all on disk before anything is measured."""
    with database.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        steps = ("VACUUM ANALYZE", "CHECKPOINT") if database.name == "postgresql" else ("ANALYZE",)
        for step in steps:
            connection.exec_driver_sql(step)


__all__ = [
    "ADDRESS", "CONTACT", "CONVERSATION", "MESSAGE", "ORGANIZATION", "QUESTION", "SENDER",
    "SENDER_ID", "Town", "answer", "found", "key", "phone", "row_id", "settle",
]  # fmt: skip
