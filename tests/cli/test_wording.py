"""`flask wording`: what an organization says, from the command line."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Terminal

WELCOME = "Good to have you with {business}. STOP ends it."


@pytest.fixture(autouse=True)
def acme(flask: Terminal) -> None:
    flask.does("org", "add", "Acme", "--language", "de")


def test_a_text_is_put_in_place_of_ours_and_ours_comes_back(flask: Terminal) -> None:
    before = flask.does("wording", "show", "Acme", "welcome")
    made = flask.json("wording", "set", "Acme", "welcome", "Schön, {business}! STOP beendet es.")
    assert (made["language"], made["own"], made["version"]) == ("de", True, 1)
    shown = flask.json("wording", "show", "Acme", "welcome")
    assert [one["changed_by"] for one in shown["versions"]] == ["command line"]
    assert "Schön" in flask.does("wording", "show", "Acme", "welcome")
    assert "Ours again" in flask.does("wording", "reset", "Acme", "welcome")
    assert flask.does("wording", "show", "Acme", "welcome").startswith(before)
    assert "ours already" in flask.fails("wording", "reset", "Acme", "welcome")


def test_a_text_comes_from_standard_input(flask: Terminal) -> None:
    flask.does("wording", "set", "Acme", "welcome", "-", "--language", "en", given=WELCOME)
    assert flask.json("wording", "show", "Acme", "welcome", "--language", "en-GB")["own"] is True
    assert "says so already" in flask.does(
        "wording", "set", "Acme", "welcome", WELCOME, "--language", "en"
    )


def test_texts_are_listed_in_a_language(flask: Terminal) -> None:
    listed = flask.json("wording", "list", "Acme", "--language", "pt_br")
    assert {one["language"] for one in listed} == {"pt"}
    assert {one["reader"] for one in listed} == {"contact", "agent"}
    parts = {one["name"]: one["sms_parts"] for one in listed}
    assert (parts["ask"], parts["welcome"], parts["opted_in"]) == (2, 1, None)
    assert "SIM ou NÃO" in flask.does("wording", "list", "Acme", "--language", "pt")


def test_what_is_not_fit_is_explained_and_not_taken(flask: Terminal) -> None:
    said = flask.fails("wording", "set", "Acme", "welcome", "Hallo")
    assert "does not name the business" in said
    assert "like STOP" in said
    assert flask.json("wording", "show", "Acme", "welcome")["own"] is False
    assert "There are: ask" in flask.fails("wording", "set", "Acme", "nonsense", "Hallo")
    assert "There are: ask" in flask.fails("wording", "show", "Acme", "nonsense")
    assert "is not a language" in flask.fails("wording", "list", "Acme", "--language", "German")


def test_a_name_that_does_not_fit_is_found(flask: Terminal) -> None:
    assert flask.json("wording", "check", "Acme") == []
    flask.does("org", "set", "Acme", "--name", "A" * 1000)
    assert "at most 1024" in flask("wording", "check", "A" * 1000, "--language", "en").stdout
    flask.fails("wording", "check", "A" * 1000)
