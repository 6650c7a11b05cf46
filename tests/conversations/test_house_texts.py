"""Texts that an organization puts in place of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import delete, event, update
from sqlalchemy.exc import DBAPIError

from bot.conversations import house_texts
from bot.conversations.reading import preview, unopened
from bot.conversations.wording import word
from bot.store.columns import new_id
from bot.store.db import Database
from bot.store.models import HouseText
from tests.world import Friend, World

WELCOME = "Good to have you with {business}. STOP ends it."


@pytest.fixture
def world(database: Database) -> World:
    return World(database, sms="consent")


def says(world: World, name: str, text: str | None, language: str = "en") -> int:
    """The organization puts a text in place of ours, or ours back."""
    with world.database.writing() as connection:
        return house_texts.change(
            connection, world.organization_id, language, name, text, "ann@example.org", world.now
        )


def welcome(friend: Friend) -> str:
    """What they hear when they say yes."""
    friend.is_asked()
    friend.says("yes")
    return next(line.text for line in friend.lines if line.code == "welcome")


def shown(friend: Friend) -> dict[str, dict[str, Any]]:
    """What the ledger says about each text that somebody was shown, by name."""
    entries = (json.loads(link.body) for link in friend.links)
    return {said["name"]: said for one in entries for said in one.get("shown", ())}


@contextmanager
def counting(world: World) -> Iterator[list[str]]:
    """Collects the statements that the database is given."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)


def test_contacts_hear_it_and_the_ledger_says_which(world: World) -> None:
    assert says(world, "goodbye", "Bye from {business}. YES brings us back.") == 1
    assert says(world, "welcome", WELCOME) == 2
    friend = world.contact("+12025550150")
    assert welcome(friend) == "Good to have you with Acme. STOP ends it."
    assert shown(friend)["welcome"]["version"] == 2
    assert shown(friend)["welcome"]["own"] is True
    assert shown(friend)["ask"]["own"] is False
    assert friend.is_proved()


def test_a_language_has_its_own(world: World) -> None:
    says(world, "welcome", WELCOME, "de")
    assert welcome(world.contact("+4915112345678")).startswith("Good to have you")
    assert not welcome(world.contact("+12025550150")).startswith("Good to have you")


def test_ours_comes_back(world: World) -> None:
    says(world, "welcome", WELCOME)
    assert says(world, "welcome", None) == 2
    assert welcome(world.contact("+12025550150")) == word(
        "welcome", "contact", "en", business="Acme"
    ).text  # fmt: skip


def test_agents_read_it_too(world: World) -> None:
    says(world, "request_sent", "Asked on behalf of {business}.")
    friend = world.contact()
    friend.is_asked()
    assert [line.text for line in friend.lines if line.kind == "notice"] == [
        "Asked on behalf of Acme."
    ]


def test_previews_show_it(world: World) -> None:
    says(world, "ask", "May {business} write? YES, NO, and STOP at any time.")
    friend = world.contact()
    with world.database.reading() as connection:
        before = unopened(
            connection, world.house("sms"), new_id(), "+12025550150", None, world.now
        )  # fmt: skip
    for one in (friend.now, before):
        found = preview(one, world.now)
        assert found
        assert found.text == "May Acme write? YES, NO, and STOP at any time."


def test_another_organization_is_not_affected(world: World, database: Database) -> None:
    says(world, "welcome", WELCOME)
    other = World.__new__(World)
    other.database, other.now = database, world.now
    other.organization_id = other.add_organization("Rival", "whatsapp:+15550009000")
    assert "Rival" in welcome(other.contact("+12025550150"))
    assert "Good to have you" not in welcome(other.contact("+12025550151"))


def test_every_version_is_kept(world: World) -> None:
    says(world, "welcome", WELCOME)
    says(world, "help", "{business} here. YES or STOP.")
    says(world, "welcome", None)
    with world.database.reading() as connection:
        kept = house_texts.history(connection, world.organization_id, "en", "welcome")
    assert [(row.version, row.text) for row in kept] == [(3, None), (1, WELCOME)]
    assert {row.changed_by for row in kept} == {"ann@example.org"}


@pytest.mark.parametrize("statement", [update(HouseText).values(text="x"), delete(HouseText)])
def test_no_version_is_changed_or_deleted(world: World, statement: Any) -> None:
    says(world, "welcome", WELCOME)
    with (
        pytest.raises(DBAPIError, match="kept for ever"),
        world.database.writing() as connection,
    ):
        connection.execute(statement)


def test_a_change_is_read_once_and_costs_no_statement_after_that(world: World) -> None:
    says(world, "welcome", WELCOME)
    friends = [world.contact(f"+1202555015{place}") for place in range(3)]
    with counting(world) as first:
        friends[0].says("hello")
    with counting(world) as second:
        friends[1].says("hello")
    says(world, "welcome", None)
    assert len(first) == len(second) + 1
    assert not any("house_text" in statement for statement in second)
    with counting(world) as third:
        friends[2].says("hello")
    assert sum("house_text" in statement for statement in third) == 1


def test_what_is_forgotten_is_read_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    says(world, "welcome", WELCOME)
    monkeypatch.setattr(house_texts, "MOST_KEPT", 0)
    key = (world.organization_id, 1)
    with world.database.reading() as connection:
        first = house_texts.of(connection, [key, (world.organization_id, 0)])
        second = house_texts.of(connection, [key])
    assert first[key].texts == second[key].texts == {("en", "welcome"): (WELCOME, 1)}
    assert not first[world.organization_id, 0].texts
