"""The report: its figures, its drawings, its CSV, and the same over the API."""

from __future__ import annotations

import csv
import re

import pytest
from flask import Flask

from bot.console.chart import Part, bars, percent, stream
from bot.people import accounts
from tests.console.conftest import HOST, Browser
from tests.world import World

API = {"base_url": f"https://{HOST}"}


@pytest.fixture
def asked(world: World) -> World:
    """Four were asked a while ago: two said yes, one of them took it back, one said no."""
    friends = [world.contact(f"+4916012345{place:02}") for place in range(4)]
    for friend in friends:
        friend.is_asked()
    world.passes(minutes=3)
    friends[0].says("yes")
    friends[1].says("yes")
    friends[2].says("no")
    world.passes(minutes=3)
    friends[1].says("stop")
    return world


@pytest.fixture(autouse=True)
def _story_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The story is set in another year than the one in which ids are made."""
    monkeypatch.setattr("bot.conversations.report._made_from", lambda *_: True)


def test_nobody_asked(agent: Browser) -> None:
    assert "Nobody was asked in this period" in agent.get("/report").text


def test_figures_and_drawing(agent: Browser, asked: World) -> None:
    page = agent.get("/report").text
    assert "The course of 4 requests" in page
    assert "3 answered: 2 opted in and 1 opted out" in page
    assert "3 min" in page
    assert "… and withdrew later" in page
    assert re.search(r'<path class="ribbon yes" d="M[\d. ]+C', page)
    assert "+1 555-000-1000" in page


def test_a_consent_from_elsewhere_is_no_answer(agent: Browser, asked: World) -> None:
    friend = asked.contact()
    friend.is_asked()
    friend.consented_elsewhere()
    row = next(csv.DictReader(agent.get("/report.csv").text.removeprefix("\ufeff").splitlines()))
    assert (row["answered"], row["waiting"], row["brought"]) == ("3", "1", "1")
    assert "1 whose consent was brought in from elsewhere" in agent.get("/report").text


def test_a_period_without_requests(agent: Browser, asked: World) -> None:
    assert "Nobody was asked" in agent.get("/report?from=2026-01-01&to=2026-02-01").text
    assert agent.get("/report?from=nonsense&to=9999-12-31").status_code == 200
    for far in ("0001-01-01", "1969-12-31", "9999-12-31"):
        for query in (f"from={far}", f"to={far}", f"from={far}&to={far}"):
            assert agent.get(f"/report?{query}").status_code == 200
            assert agent.get(f"/report.csv?{query}").status_code == 200


def test_csv(agent: Browser, asked: World) -> None:
    answer = agent.get("/report.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines()))
    assert [row["sender"] for row in rows] == ["all", "whatsapp:+15550001000"]
    assert (rows[0]["asked"], rows[0]["said_yes"], rows[0]["withdrawn"]) == ("4", "2", "1")


class TestApi:
    def get(self, app: Flask, world: World, query: str = "") -> tuple[int, dict[str, object]]:
        with world.database.writing() as connection:
            secret = accounts.add_token(connection, world.organization_id, "crm", world.now)
        headers = {"Authorization": f"Bearer {secret}"}
        answer = app.test_client().get(f"/api/v1/report{query}", headers=headers, **API)
        given: dict[str, object] = answer.get_json()
        return answer.status_code, given

    def test_the_funnel(self, app: Flask, asked: World) -> None:
        status, given = self.get(app, asked)
        assert status == 200
        counts = {name: given[name] for name in ("asked", "answered", "in", "out", "waiting")}
        assert counts == {"asked": 4, "answered": 3, "in": 2, "out": 1, "waiting": 1}
        assert given["withdrawn"] == 1
        assert given["days"] == {"2026-03-01": given["days"]["2026-03-01"]}  # type: ignore[index]
        taken = given["time_to_answer"]
        assert isinstance(taken, dict)
        assert taken["median_seconds"] == 180
        assert sum(slot["answered"] for slot in taken["slots"]) == 3

    def test_a_period(self, app: Flask, asked: World) -> None:
        assert self.get(app, asked, "?from=2026-03-01&to=2026-03-02")[1]["asked"] == 4
        assert self.get(app, asked, "?from=2026-03-01T12:01:00Z")[1]["asked"] == 0
        there = self.get(app, asked, "?from=2026-03-01T14:00:00%2B02:00")[1]
        assert (there["from"], there["asked"]) == ("2026-03-01T12:00:00Z", 4)
        status, given = self.get(app, asked, "?from=2026-03-02&to=2026-03-01")
        assert (status, given["code"]) == (422, "invalid")


def test_a_stream_keeps_its_proportions() -> None:
    parts = [Part("a", "All", 10, 0), Part("b", "Some", 7, 1, "a"), Part("c", "Few", 3, 1, "a")]
    drawn = stream(parts)
    whole, some, few = drawn.blocks
    assert round(some.height / whole.height, 6) == 0.7
    assert few.y > some.y + some.height
    assert [one.name for one in drawn.ribbons] == ["b", "c"]
    assert [block.part.name for block in drawn.ladder] == ["a", "b", "c"]


def test_nothing_can_be_drawn_too() -> None:
    assert stream([Part("a", "All", 0, 0)]).blocks[0].share == "0 %"
    assert bars([("Mon", [("yes", 0)])])[0].total == 0


@pytest.mark.parametrize(
    ("count", "whole", "words"),
    [(1, 3, "33 %"), (1, 1000, "< 1 %"), (999, 1000, "> 99 %"), (0, 0, "–"), (2, 2, "100 %")],
)
def test_shares_in_words(count: int, whole: int, words: str) -> None:
    assert percent(count, whole) == words
