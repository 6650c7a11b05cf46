"""Many contacts asked at the console, and consent brought in, as a browser without scripts does."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from bot.campaigns import step
from tests.campaigns.crowd import Crowd
from tests.console.conftest import Browser, add_member, signed_in
from tests.world import World

FILE = "name,phone\nAda,+4915100000000\nBen,+4915100000001\nCy,+14155550100\nDee,1\n"
CONSENTS = "phone,source,date,evidence\n+4915100000009,shop form,2026-01-31,ticked\n1,a,b,c\n"


def hidden(page: str) -> dict[str, str]:
    """What a form of a page would send without being touched."""
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    fields = {name: html.unescape(value) for name, value in found}
    (text,) = re.findall(r'<textarea name="text" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    return fields | {"text": html.unescape(text)}


def file(text: str = FILE) -> tuple[BytesIO, str]:
    return BytesIO(text.encode()), "people.csv"


def goes_on(world: World) -> None:
    with world.database.writing() as connection:
        step.ask_next(connection, world.house().sender_id, world.now)
    Crowd(world).leaves()


@pytest.fixture
def preview(agent: Browser, world: World) -> str:
    """What is shown before anybody is asked."""
    world.contact("+4915100000001").says("STOP")
    answer = agent.post("/bulk/new", {"whom": "file", "file": file(), "basis": "form"})
    assert answer.status_code == 200
    return answer.text


class TestAsking:
    def test_shows_first_who_would_be_asked(self, agent: Browser, preview: str) -> None:
        assert "<strong>1</strong> now" in preview
        assert "<strong>1</strong> later" in preview
        assert "<strong>2</strong> not at all" in preview
        assert "The contact has opted out" in preview
        assert "No bulk requests yet" in agent.get("/bulk").text
        table = agent.post("/bulk/new", hidden(preview) | {"csv": "yes"}).text
        assert '"Ben","\'+4915100000001","refused","opted_out"' in table

    @pytest.mark.parametrize(
        ("lines", "title"),
        [("Ada,+4915100000000", "Ask 1 contact?"), ("Dee,1", "Nobody can be asked")],
    )
    def test_says_in_words_how_many(self, agent: Browser, lines: str, title: str) -> None:
        form = {"whom": "file", "file": file(f"name,phone\n{lines}\n"), "basis": "form"}
        page = agent.post("/bulk/new", form).text
        assert f"<h1>{title}</h1>" in page
        assert '<span class="number">+1 555-000-1000</span> on WhatsApp. Nobody has been' in page
        assert ('name="confirmed"' in page) is title.startswith("Ask")

    def test_goes_its_course_and_is_counted(
        self, agent: Browser, world: World, preview: str
    ) -> None:
        confirmed = hidden(preview) | {"confirmed": "yes"}
        begun = agent.post("/bulk/new", confirmed)
        assert begun.status_code == 303
        assert agent.post("/bulk/new", confirmed).location == "/bulk", "sent twice, asked once"
        path = begun.location
        goes_on(world)
        goes_on(world)
        shown = agent.get(path).text
        assert "<strong>1</strong> asked" in shown
        assert "It is a quiet hour where the contact is." in shown
        part = agent.get(f"{path}/progress").text
        assert "<strong>1</strong> still to ask" in part
        assert "<html" not in part
        assert agent.post(f"{path}/pause").status_code == 303
        assert "Go on" in agent.get(path).text
        agent.post(f"{path}/cancel")
        assert "<strong>1</strong> cancelled" in agent.get(path).text
        agent.post(f"{path}/resume")
        assert "is cancelled cannot be resumed" in agent.get(path).text
        assert '"Ada","\'+4915100000000","asked"' in agent.get(f"{path}.csv").text
        assert "people.csv" in agent.get("/bulk").text

    def test_begins_although_somebody_was_quicker(
        self, agent: Browser, overtaken_once: Callable[[], None]
    ) -> None:
        form = {"whom": "file", "file": file(), "basis": "form", "confirmed": "yes"}
        overtaken_once()
        assert agent.post("/bulk/new", form).status_code == 303
        assert "people.csv" in agent.get("/bulk").text

    def test_asks_those_who_are_found(
        self, as_role: Callable[[str], Browser], world: World
    ) -> None:
        friend = world.contact()
        friend.is_asked()
        world.passes(hours=24)
        world.expire()
        agent = as_role("agent")
        form = {"whom": "found", "state": "no_answer", "basis": "client"}
        page = agent.post("/bulk/new", form).text
        assert "Ask 1" in page
        agent.post("/bulk/new", hidden(page) | {"confirmed": "yes"})
        goes_on(world)
        assert friend.state == "requested"
        assert friend.now.asked_by == "agent@example.org"

    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ({"whom": "found", "state": "opted_in", "basis": "form"}, "nobody is found"),
            ({"whom": "file", "basis": "form"}, "Choose a CSV file"),
            ({"whom": "found"}, "Choose why you may write"),
        ],
    )
    def test_mistakes_are_said(self, agent: Browser, form: dict[str, str], words: str) -> None:
        answer = agent.post("/bulk/new", form)
        assert answer.status_code == 422
        assert words in answer.text

    def test_is_nothing_for_auditors_and_other_houses(
        self, agent: Browser, auditor: Browser, app: Flask, world: World, preview: str
    ) -> None:
        path = agent.post("/bulk/new", hidden(preview) | {"confirmed": "yes"}).location
        assert auditor.get(path).status_code == 200
        assert auditor.post(f"{path}/pause").status_code == 403
        assert auditor.get("/bulk/new").status_code == 403
        rival = world.add_organization("Rival")
        stranger = signed_in(app, world, add_member(world, "admin", rival, "x@rival.org"))
        for found in (path, f"{path}/progress", f"{path}.csv"):
            assert stranger.get(found).status_code == 404
        assert stranger.post(f"{path}/pause").status_code == 404


def test_an_agent_is_told_of_a_quiet_hour_and_may_ask_anyway(
    as_role: Callable[[str], Browser], world: World
) -> None:
    friend = world.contact()
    world.now = world.now.replace(hour=22)
    agent = as_role("agent")
    path = f"/contacts/{friend.now.contact_id}/whatsapp"
    assert "It is a quiet hour where the contact is, until 08:00 there." in agent.get(path).text
    agent.post(path, {"basis": "client"})
    assert friend.state == "requested"


class TestConsents:
    def test_are_looked_at_and_brought_in(self, agent: Browser, world: World) -> None:
        page = agent.post("/contacts/consents", {"file": file(CONSENTS)}).text
        assert "Bring in 1 consent" in page
        assert "Lines that change nothing" in page
        friend = world.contact("+4915100000009")
        agent.post("/contacts/consents", hidden(page) | {"confirmed": "yes"})
        assert friend.state == "opted_in"
        assert "1 consent was brought in." in agent.get("/contacts").text
        assert "agent@example.org" in friend.links[-1].body

    def test_mistakes_are_said(self, agent: Browser, as_role: Callable[[str], Browser]) -> None:
        answer = agent.post("/contacts/consents", {"file": file("phone\n1\n")})
        assert answer.status_code == 422
        assert "phone,source,date,evidence" in answer.text
        assert as_role("auditor").get("/contacts/consents").status_code == 403
