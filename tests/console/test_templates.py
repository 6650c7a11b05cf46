"""A template sent from the console, with the text and the approval that Twilio shows of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from bot.app import create_app
from bot.config import Settings
from bot.runtime import Runtime
from bot.simulator.account import Account
from bot.simulator.app import create_stand_in
from bot.simulator.stand_in import EXTENSION
from bot.store.models import Message
from tests.console.conftest import Browser, StoryClock, add_member, signed_in
from tests.console.test_rooms import key_in, talk
from tests.messaging.conftest import ACCOUNT, TOKEN, served
from tests.simulator.desk import Desk
from tests.world import TEMPLATE, Friend, World

OFFER, UNKNOWN = "HX" + "7" * 32, "HX" + "6" * 32
TEXT = {
    "friendly_name": "spring_offer", "language": "en", "variables": {"1": "Ana", "2": "20 %"},
    "types": {"twilio/text": {"body": "Hello {{1}}, this week {{2}} off everything."}},
}  # fmt: skip


@pytest.fixture(scope="module")
def stand_in() -> Iterator[str]:
    """A Twilio with one template of ours, approved."""
    app = create_stand_in(Account(ACCOUNT, TOKEN))
    with served(app) as url:
        twilio = Desk(url)
        twilio.control("PUT", f"/templates/{OFFER}", TEXT)
        twilio.control("PUT", f"/templates/{OFFER}/approval", {"status": "approved"})
        yield url
    app.extensions[EXTENSION].close()


@pytest.fixture
def app(settings: Settings, world: World, stand_in: str) -> Flask:
    asking = settings.model_copy(update={"twilio_api_url": stand_in})
    return create_app(Runtime(asking, world.database, StoryClock(world)))


@pytest.fixture
def friend(world: World) -> Friend:
    """Somebody who opted in more than a day ago: free text has ended, templates have not."""
    friend = world.contact()
    friend.is_asked()
    friend.says("yes")
    world.passes(hours=30)
    return friend


@pytest.fixture
def agent(app: Flask, world: World, friend: Friend) -> Browser:
    return signed_in(app, world, add_member(world))


def pick(friend: Friend) -> str:
    return f"{talk(friend)}/templates"


def queued(world: World) -> list[Any]:
    query = select(Message.content_sid, Message.variables, Message.text)
    with world.database.reading() as connection:
        return list(connection.execute(query.where(Message.author.is_not(None))))


def test_a_request_that_says_something_else_than_the_evidence_is_noticed(
    agent: Browser, world: World, stand_in: str
) -> None:
    warned = "This is not your wording."
    twilio, asks = Desk(stand_in), "Hello, this is {{1}}. May we write to you here? "
    for body, is_noticed in (
        ("Buy now, {{1}}!", True),
        (asks + "Please answer YES or NO. You can stop at any time by replying STOP.", False),
    ):
        given = {"friendly_name": "ask", "language": "en", "types": {"twilio/text": {"body": body}}}
        twilio.control("PUT", f"/templates/{TEMPLATE}", given)
        assert (warned in agent.get("/templates").text) is is_noticed


def test_it_is_shown_with_its_places_and_its_approval(agent: Browser, friend: Friend) -> None:
    page = agent.get(f"{pick(friend)}?sid={OFFER}").text
    assert "spring_offer" in page
    assert "Approved by WhatsApp" in page
    assert "Variable 1" in page
    assert "For example: 20 %" in page
    assert "Hello {{1}}, this week {{2}} off everything." in page


def test_approved_ones_are_there_to_choose_unless_they_may_be_somebody_elses(
    agent: Browser, friend: Friend, world: World
) -> None:
    choice = f'href="{pick(friend)}?sid={OFFER}"'
    page = agent.get(pick(friend)).text
    assert choice in page
    assert "this week {{2}} off everything." in page
    world.add_organization("Rival")
    assert choice not in agent.get(pick(friend)).text


def test_it_is_sent_once_with_its_variables(agent: Browser, friend: Friend, world: World) -> None:
    form = {"sid": OFFER, "v-1": "Jo", "v-2": "half"}
    form["key"] = key_in(agent.get(f"{pick(friend)}?sid={OFFER}").text)
    for _ in range(2):
        assert agent.post(pick(friend), form).location == talk(friend)
    [(sid, variables, text)] = queued(world)
    assert (sid, variables) == (OFFER, {"1": "Jo", "2": "half"})
    assert text == "Hello Jo, this week half off everything."
    assert "this week half off everything." in agent.get(talk(friend)).text


def test_an_empty_place_is_not_sent(agent: Browser, friend: Friend, world: World) -> None:
    answer = agent.post(pick(friend), {"sid": OFFER, "v-1": "Jo", "v-2": " "})
    assert answer.status_code == 422
    assert "Fill in 2: the contact would read an empty place." in answer.text
    assert 'value="Jo"' in answer.text
    assert queued(world) == []


def test_one_that_twilio_does_not_know_can_be_sent_blindly(
    agent: Browser, friend: Friend, world: World
) -> None:
    assert "Twilio knows no template" in agent.get(f"{pick(friend)}?sid={UNKNOWN}").text
    agent.post(pick(friend), {"sid": UNKNOWN, "variables": "1=Jo"})
    assert [row[:2] for row in queued(world)] == [(UNKNOWN, {"1": "Jo"})]


def test_none_is_sent_after_an_opt_out(agent: Browser, friend: Friend, world: World) -> None:
    friend.says("STOP")
    assert "The contact has opted out" in agent.get(f"{pick(friend)}?sid={OFFER}").text
    answer = agent.post(pick(friend), {"sid": OFFER, "v-1": "Jo", "v-2": "half"})
    assert answer.status_code == 409
    assert queued(world) == []


def test_what_is_no_sid_is_refused(agent: Browser, friend: Friend, world: World) -> None:
    assert "A ContentSid is HX" in agent.get(f"{pick(friend)}?sid=offer").text
    assert agent.post(pick(friend), {"sid": "offer"}).status_code == 422
    assert queued(world) == []
