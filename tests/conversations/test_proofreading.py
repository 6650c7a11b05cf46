"""What is said about texts that are not fit to be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.proofreading import faults, needs, offered
from bot.conversations.wording import fill, texts
from flows.replies import Heard, read

FIT = "Hello, {business} here. May we write? YES, NO, or STOP at any time."
NAMES = [*texts()["en"]["contact"], *texts()["en"]["agent"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "It is empty"),
        (" \n ", "It is empty"),
        ("May we write? YES, NO, or STOP.", "does not name the business"),
        ("{Business} here. YES, NO, or STOP at any time.", "{Business} is never filled in"),
        (FIT + " {reason}!", "{reason} is never filled in"),
        (FIT + " {business.__class__} a", "A brace"),
        (FIT + " {business:>9999999999} a", "A brace"),
        (FIT + " {business!r} a", "A brace"),
        (FIT + " } a", "A brace"),
        (FIT.replace("YES", "yes"), "no word that we read as YES"),
        (FIT.replace("NO, or STOP", "PERHAPS"), "no word that we read as NO"),
        (FIT.replace("STOP", "FINIS"), "no word that we read as STOP"),
        (FIT + " " * 5 + "So.", "more than 4 spaces"),
        (FIT + "\tSo.", "cannot be printed"),
        (FIT + " So." * 300, "at most 1024"),
        ("{business}: may we write? YES, NO, or STOP.", "begins or ends with a name"),
        ("May we write? YES, NO, or STOP. This is {business}.", "begins or ends with a name"),
        ("It is {business} {business} here. YES, NO, STOP.", "two names side by side"),
        (FIT + " https://wa.me/15550001000 so", "wa.me"),
        (FIT + " 🎉" * 11, "more than 10 emoji"),
    ],
)
def test_one_thing_is_wrong(text: str, said: str) -> None:
    found = faults("ask", "en", text, "Acme")
    assert any(said in fault for fault in found), found


def test_nothing_is_wrong() -> None:
    assert faults("ask", "en", FIT, "Acme") == []
    assert faults("ask", "en", FIT + "\n\nSo.", "Acme") == []


def test_everything_is_said_at_once() -> None:
    assert len(faults("ask", "en", "Hello {who}", "Acme")) == 6


def test_the_name_counts_with_the_length() -> None:
    assert faults("ask", "en", FIT, "A" * 1000)
    assert not faults("welcome", "en", "{business} greets. STOP ends it.", "A" * 1000)
    assert faults("welcome", "en", "{business} greets. STOP ends it.", "A" * 1600)


def test_an_example_is_given_in_the_language() -> None:
    (fault,) = faults("welcome", "de-AT", "Hallo von {business}.", "Acme")
    assert fault.endswith("like STOP.")
    assert any("like JA." in one for one in faults("ask", "de-AT", "Hallo von {business}.", "A"))
    assert any("like はい." in one for one in faults("ask", "ja", "こんにちは", "A"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Reply YES or NO.", ["YES", "NO"]),
        ("Antworten Sie „ja“ oder »nein«.", ["ja", "nein"]),
        ("Répondez « oui » ou « non ».", ["oui", "non"]),
        ('Risponda "sì" o "no".', ["sì", "no"]),
        ("请回复“是”或「否」。", ["是", "否"]),
        ("Responda SÍ o NO ACEPTO.", ["SÍ", "NO ACEPTO", "NO", "ACEPTO"]),
        ("Nothing here, I think. A B.", []),
        ("{business} YES", ["YES"]),
    ],
)
def test_words_that_a_text_offers(text: str, words: list[str]) -> None:
    assert sorted(offered(text)) == sorted(words)


def test_a_later_withdrawal_may_be_offered_in_place_of_a_no() -> None:
    assert not faults("ask", "en", "Hello, {business} here. May we write? YES or STOP.", "Acme")


def test_what_agents_read_must_say_why_something_failed() -> None:
    assert "{reason}" in faults("undelivered", "en", "It failed.", "Acme")[0]
    assert not faults("undelivered", "en", "{business}: it failed, for {reason}", "Acme")
    assert not faults("opted_in", "en", "They said yes.", "Acme")


def test_a_text_that_there_is_not() -> None:
    with pytest.raises(KeyError):
        faults("nonsense", "en", "Hello", "Acme")


@given(st.sampled_from(NAMES), st.sampled_from([*texts(), "xx"]), st.text(max_size=200))
def test_any_text_can_be_looked_at_and_filled_in(name: str, language: str, text: str) -> None:
    found = faults(name, language, text, "Acme")
    filled = fill(text, business="Acme", reason="why")
    if not found:
        assert "{" not in filled
        meanings = {read(Heard(word), language).meaning for word in offered(text)}
        assert "stop" in meanings or "stop" not in needs(name).answers
