"""What a contact hears in which language, and in which language they are understood."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import update

from bot.conversations.reading import preview
from bot.conversations.wording import word
from bot.store.db import Database
from bot.store.models import Organization, Sender
from tests.world import Friend, World

GERMAN, SWISS = "+4915112345678", "+41791234567"


@pytest.fixture
def world(database: Database) -> World:
    return World(database, sms="consent")


def shown(friend: Friend) -> list[tuple[str, str]]:
    """The names and languages of the texts that the ledger says somebody was shown."""
    entries = (json.loads(link.body) for link in friend.links)
    texts = (said for one in entries for said in one.get("shown", ()))
    return [(said["name"], said["language"]) for said in texts]


def test_an_answer_in_the_language_of_the_number_is_understood(world: World) -> None:
    friend = world.contact(GERMAN)
    friend.is_asked()
    friend.says("Ja")
    assert friend.state == "opted_in"


def test_an_answer_in_another_language_is_not(world: World) -> None:
    friend = world.contact(SWISS)
    friend.is_asked()
    friend.says("Ja")
    assert friend.state == "requested"


def test_the_ledger_names_the_language_of_the_template(world: World) -> None:
    friend = world.contact(GERMAN)
    before = preview(friend.now, world.now)
    friend.is_asked()
    assert shown(friend) == [("ask", "en")]
    assert before
    assert (before.language, before.text) == ("en", friend.lines[0].text)
    assert before.text == word("ask", "contact", "en", business="Acme").text


def test_the_house_language_serves_where_the_template_is_in_no_other(world: World) -> None:
    with world.database.writing() as connection:
        connection.execute(update(Organization).values(language="it"))
        connection.execute(update(Sender).values(templates={"it": "HX" + "2" * 32}))
    friend = world.contact(GERMAN)
    friend.is_asked()
    friend.says("Sì")
    assert friend.state == "opted_in"
