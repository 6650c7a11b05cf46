"""Texts that were written without looking anything up in the word lists.

What was measured on them at first sight stands in `docs/replies.md`; since then the lists have been
mended by them, so that here every one of them must be read right.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from flows.replies import Heard, read
from tests.flows.word_lists import LANGUAGES

UNSEEN = Path(__file__).parent / "unseen"


def texts(language: str) -> dict[str, list[str]]:
    """Read every set's texts in a language by what they mean."""
    found: dict[str, list[str]] = {}
    for path in sorted(UNSEEN.rglob(f"{language}.toml")):
        for meaning, said in tomllib.loads(path.read_text("utf-8")).items():
            found.setdefault(meaning, []).extend(said)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_words_are_heard(language: str) -> None:
    found = texts(language)
    for meaning in ("yes", "no", "stop", "start", "help"):
        misread = {t for t in found[meaning] if read(Heard(t), language).meaning != meaning}
        assert not misread, meaning


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_plain_yes_is_none(language: str) -> None:
    found = texts(language)
    for heading in ("no", "stop", "help", "not_yes", "talk"):
        agreed = {t for t in found[heading] if read(Heard(t), language).meaning in ("yes", "start")}
        assert not agreed, heading


@pytest.mark.parametrize("language", LANGUAGES)
def test_talk_of_stops_and_ends_is_no_stop(language: str) -> None:
    heard = {t for t in texts(language)["talk"] if read(Heard(t), language).meaning == "stop"}
    assert not heard


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stop_is_heard_whatever_the_contact_speaks(language: str) -> None:
    said = texts(language)["stop"]
    for contact in ("en", "de", "ja"):
        missed = [t for t in said if read(Heard(t), contact).meaning != "stop"]
        # The few words that are everyday words elsewhere, and misspellings of a language's own.
        assert len(missed) <= len(said) * 0.1, missed
