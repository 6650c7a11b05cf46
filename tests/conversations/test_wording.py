"""Every text that a flow says, and every notice it tells, in every language that there is."""

from __future__ import annotations

import re
import tomllib
from string import Formatter
from typing import Any

import pytest

from bot.conversations import strangers
from bot.conversations.proofreading import faults, offered
from bot.conversations.wording import FALLBACK, TEXTS, fill, word
from bot.messaging.segments import measure
from flows import FLOWS
from flows.replies import Heard
from flows.replies import read as read_reply

FILES = sorted(TEXTS.glob("*.toml"))
ACTIONS = [action for flow in FLOWS.values() for row in flow.rows for action in row.do]
SAID = {action.name for action in ACTIONS if action.kind in ("say", "request")}
TOLD = {action.name for action in ACTIONS if action.kind == "tell"} | set(strangers.TOLD)
NAMES = {"contact": {"business"}, "agent": {"business", "reason"}}

ONE_PART = {"de", "en", "fr", "id", "it", "nl", "zh", "zh-Hant"}
"""Languages in which every text is one SMS; their letters are GSM-7's, or few."""

ANSWERS = {
    "ask": ["yes", "no", "stop"],
    "welcome": ["stop"],
    "goodbye": ["yes"],
    "guide": ["yes", "no"],
    "help": ["yes", "stop"],
    "ask_again": ["yes"],
    "disclaimer": ["stop", "help"],
}
"""What each text offers people a word for."""

# What the product has always said to agents, letter for letter.
SENTENCES = {
    "opted_in": "Your Contact has opted in. You may continue to send/receive messages.",
    "opted_out": (
        "The contact has opted out. You can't send requests or messages to the contact anymore."
    ),
    "no_answer": (
        "The contact hasn't responded to the opt-in request for more than 24 hours. "
        "You can try sending the request again."
    ),
}
REQUEST_SENT = {
    "You have sent the contact an opt-in request. You will be able to message them after the "
    "contact accepts your request.",
    "You've sent the contact an opt-in request. You'll be able to start messaging after the "
    "contact accepts your request.",
}
"""The product has two spellings of this one."""


def read(path: Any) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestEveryLanguage:
    def test_says_what_its_file_is_called(self, path: Any) -> None:
        texts = read(path)
        assert texts["language"] == path.stem
        assert texts["version"] >= 1
        assert set(texts) == {"version", "language", "reviewed_by", "contact", "agent"}

    def test_has_every_text_and_no_other(self, path: Any) -> None:
        texts = read(path)
        assert set(texts["contact"]) == SAID
        assert set(texts["agent"]) == TOLD

    def test_fills_in_only_what_there_is(self, path: Any) -> None:
        texts = read(path)
        for reader, known in NAMES.items():
            for name, text in texts[reader].items():
                used = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
                assert used <= known, name
        assert "{business}" in texts["contact"]["ask"]
        assert "{reason}" in texts["agent"]["undelivered"]

    def test_is_short_and_plain(self, path: Any) -> None:
        texts = read(path)
        for reader in NAMES:
            for name, text in texts[reader].items():
                assert text == text.strip(), name
                assert 10 < len(text) <= 320, name
                assert not re.search(r"\s{2,}|[\n\t]", text), name

    def test_fits_where_it_goes(self, path: Any) -> None:
        texts = read(path)
        for reader in NAMES:
            for name, text in texts[reader].items():
                assert faults(name, path.stem, text, "Acme Insurance") == [], name

    def test_costs_few_parts_of_an_sms(self, path: Any) -> None:
        most = 1 if path.stem in ONE_PART else 2
        for name, text in read(path)["contact"].items():
            assert measure(fill(text, business="Acme Insurance")).segments <= most, name

    @pytest.mark.parametrize("name", sorted(ANSWERS))
    def test_understands_the_words_it_offers(self, path: Any, name: str) -> None:
        words = offered(read(path)["contact"][name])
        meanings = [read_reply(Heard(word), path.stem).meaning for word in words]
        assert sorted(meanings) == sorted(ANSWERS[name])

    def test_names_the_business_in_whatever_contacts_read(self, path: Any) -> None:
        for name, text in read(path)["contact"].items():
            assert text.count("{business}") == 1, name


@pytest.mark.parametrize("name", SENTENCES)
def test_the_products_own_sentences(name: str) -> None:
    assert word(name, "agent", "en").text == SENTENCES[name]


def test_that_a_request_was_sent() -> None:
    assert word("request_sent", "agent", "en").text in REQUEST_SENT


def test_somebody_who_has_left_hears_how_to_come_back() -> None:
    goodbye = word("goodbye", "contact", "en", business="Acme").text
    assert "opted out" in goodbye
    assert re.search(r"repl\w+ YES at any time", goodbye)


def test_somebody_without_whatsapp_is_offered_sms() -> None:
    assert word("unreachable", "agent", "en").text.endswith("send an SMS instead?")


def test_there_are_the_languages_that_replies_are_read_in() -> None:
    read_in = {path.stem for path in (TEXTS.parent / "words").glob("*.toml")}
    assert {path.stem for path in FILES} == {*read_in, "zh-Hant"}


def test_a_language_that_nobody_wrote_is_english() -> None:
    wording = word("ask", "contact", "xx", business="Acme")
    assert (wording.language, wording.version) == (FALLBACK, read(TEXTS / "en.toml")["version"])
    assert "Acme" in wording.text


def test_a_name_with_braces_is_a_name() -> None:
    assert "{reason} & {0}" in word("ask", "contact", "en", business="{reason} & {0}").text


def test_a_text_that_there_is_not() -> None:
    with pytest.raises(KeyError):
        word("nonsense", "contact", "en", business="Acme")


def test_the_disclaimer_tells_who_writes_what_how_often_and_how_to_stop() -> None:
    told = word("disclaimer", "contact", "en", business="Acme").text
    for part in ("from Acme", "about your dealings with us", "as often as", "STOP", "HELP"):
        assert part in told
