"""Organizations and their senders."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from bot.people import organizations
from bot.people.mistakes import Mistake
from bot.store.db import Database
from tests.world import NOON, TEMPLATE


def add(database: Database, name: str = "Acme") -> UUID:
    with database.writing() as connection:
        return organizations.add(connection, name, whatsapp=True, sms="off", now=NOON)


def add_sender(database: Database, owner: UUID, address: str, **templates: str) -> UUID:
    with database.writing() as connection:
        return organizations.add_sender(connection, owner, address, templates, NOON)


def test_one_is_found_by_its_name_and_by_its_id(database: Database) -> None:
    identity = add(database, "Acme  & Söhne ")
    with database.reading() as connection:
        assert organizations.find(connection, "Acme & Söhne").id == identity
        assert organizations.find(connection, str(identity)).name == "Acme & Söhne"


def test_one_that_is_not_there_is_named_with_those_that_are(database: Database) -> None:
    add(database)
    with database.reading() as connection:
        with pytest.raises(Mistake, match=r"no organization 'Acne'. There are: 'Acme'. Add one"):
            organizations.find(connection, "Acne")
        with pytest.raises(Mistake, match="no organization"):
            organizations.find(connection, str(uuid4()))


def test_two_of_the_same_name_cannot_be(database: Database) -> None:
    add(database)
    other = add(database, "Other")
    with pytest.raises(Mistake, match="already"):
        add(database)
    with database.writing() as connection, pytest.raises(Mistake, match="already"):
        organizations.change(connection, other, name="Acme")


def test_only_what_is_given_is_changed(database: Database) -> None:
    identity = add(database)
    with database.writing() as connection:
        organizations.change(connection, identity, sms="consent", language="pt_br")
        organizations.change(connection, identity, name="Acme", time_zone="UTC")
        row = organizations.find(connection, "Acme")
    assert (row.sms, row.language, row.whatsapp) == ("consent", "pt-BR", True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Nothing"),
        ({"name": " "}, "needs a name"),
        ({"name": "A\0B"}, "needs a name"),
        ({"name": str(uuid4())}, "looks like an id"),
        ({"sms": "maybe"}, "off, consent or disclaimer"),
        ({"language": "klingon"}, "not a language"),
        ({"time_zone": "Mars/Olympus"}, "not a time zone"),
    ],
)
def test_what_cannot_be_is_explained(
    database: Database, changes: dict[str, str], words: str
) -> None:
    identity = add(database)
    with database.writing() as connection, pytest.raises(Mistake, match=words):
        organizations.change(connection, identity, **changes)


def test_the_channel_of_a_sender_is_in_its_address(database: Database) -> None:
    owner = add(database)
    add_sender(database, owner, "whatsapp:+49 151 12345678", pt_br=TEMPLATE)
    add_sender(database, owner, "+4915112345678")
    with database.reading() as connection:
        found = organizations.senders(connection, owner)
    assert [(one.channel, one.address, one.templates) for one in found] == [
        ("whatsapp", "whatsapp:+4915112345678", {"pt-BR": TEMPLATE}),
        ("sms", "+4915112345678", {}),
    ]


@pytest.mark.parametrize(
    ("address", "templates", "words"),
    [
        ("whatsapp:0151", {}, "whatsapp:\\+… for WhatsApp"),
        ("telegram:+4915112345678", {}, "not a phone number"),
        ("whatsapp:+4915112345678", {"en": "HX1"}, "not a ContentSid"),
        ("whatsapp:+4915112345678", {"english": TEMPLATE}, "not a language"),
        ("+4915112345678", {"en": TEMPLATE}, "belong to WhatsApp"),
    ],
)
def test_a_sender_that_could_not_send_is_refused(
    database: Database, address: str, templates: dict[str, str], words: str
) -> None:
    owner = add(database)
    with pytest.raises(Mistake, match=words):
        add_sender(database, owner, address, **templates)


@pytest.mark.parametrize("per_second", [0, -1, 1001, float("nan")])
def test_a_rate_that_is_none_is_refused(database: Database, per_second: float) -> None:
    owner = add(database)
    with database.writing() as connection, pytest.raises(Mistake, match="a second"):
        organizations.add_sender(connection, owner, "+4915112345678", {}, NOON, per_second)


def test_a_sender_belongs_to_one_organization(database: Database) -> None:
    add_sender(database, add(database), "+4915112345678")
    with pytest.raises(Mistake, match="for 'Acme'"):
        add_sender(database, add(database, "Other"), "+49 151 12345678")
