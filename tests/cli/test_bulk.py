"""`flask bulk`: from the dry run to the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.campaigns import asking
from bot.runtime import Runtime
from tests.campaigns.crowd import Crowd
from tests.cli.conftest import Terminal
from tests.world import World

BASIS = ("--basis", "asked for it on a form")


@pytest.fixture
def file(acme: World, tmp_path: Path) -> str:
    """Two strangers, somebody who has refused, and a line that names nobody."""
    crowd = Crowd(acme)
    crowd.chooses(quiet_hours="")
    acme.contact("+4915100000001").says("STOP")
    path = tmp_path / "people.csv"
    rows = ["name,phone", "Ada,+4915100000000", "Ben,+4915100000001", "Cy,+4915100000002", "Dee,1"]
    path.write_text("\n".join(rows), encoding="utf-8")
    return str(path)


class TestDryRun:
    def test_says_who_would_be_asked_and_who_not_and_why(self, flask: Terminal, file: str) -> None:
        said = flask.does("bulk", "ask", "Acme", "--file", file, "--dry-run")
        assert "2 would be asked at once, 0 later, 2 not." in said
        assert "1 opted_out: The contact has opted out" in said
        assert "line 3: Ben +4915100000001: opted_out" in said
        assert "line 5: nobody: '1'" in said
        assert flask.json("bulk", "list") == []

    def test_lists_everybody_for_programs(self, flask: Terminal, file: str) -> None:
        told = flask.json("bulk", "ask", "Acme", "--file", file, "--dry-run")
        assert (told["asked"], told["refused"]) == (2, 2)
        assert [one["outcome"] for one in told["rows"]] == ["asked", "refused", "asked", "refused"]


class TestAsking:
    def test_goes_its_course(self, flask: Terminal, runtime: Runtime, file: str) -> None:
        made = flask.json("bulk", "ask", "Acme", "--file", file, *BASIS)
        assert made["statuses"] == {"waiting": 3, "refused": 1}
        assert "paused: 3 waiting, 1 refused of 4" in flask.does("bulk", "pause", made["id"])
        assert asking.ask(runtime) == 0
        flask.does("bulk", "resume", made["id"])
        while asking.ask(runtime):
            pass
        assert flask.json("bulk", "list")[0]["status"] == "done"
        shown = flask.json("bulk", "show", made["id"], "--rows")
        assert shown["states"] == {"requested": 2}
        assert shown["reasons"] == {"opted_out": 1, "unusable": 1}
        assert shown["rows"][0]["status"] == "asked"
        watched = flask.does("bulk", "show", made["id"], "--watch", "--rows")
        assert "done: 2 asked, 2 refused of 4" in watched
        assert "2\tBen\t+4915100000001\trefused\topted_out\topted_out" in watched
        assert "is done cannot be cancelled" in flask.fails("bulk", "cancel", made["id"])

    def test_asks_those_in_a_state(self, flask: Terminal, acme: World, runtime: Runtime) -> None:
        Crowd(acme).chooses(quiet_hours="")
        acme.contact()
        made = flask.json("bulk", "ask", "Acme", "--state", "new", *BASIS)
        assert made["source"] == "contacts in the state new"
        assert asking.ask(runtime) == 1

    def test_mistakes_are_explained(self, flask: Terminal, acme: World, file: str) -> None:
        assert "Say whom" in flask.fails("bulk", "ask", "Acme", code=2)
        assert "Say on what basis" in flask.fails("bulk", "ask", "Acme", "--file", file)
        none = ("bulk", "ask", "Acme", "--everybody", "--sender", "whatsapp:+1999", *BASIS)
        assert "no sender 'whatsapp:+1999'" in flask.fails(*none)
        unknown = "00000000-0000-0000-0000-000000000000"
        assert "flask bulk list" in flask.fails("bulk", "show", unknown)
        Crowd(acme).chooses(whatsapp=False)
        off = flask.fails("bulk", "ask", "Acme", "--everybody", *BASIS)
        assert "flask org set --whatsapp" in off
