"""Readers beside ours: who is asked what, and which threshold is whose."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import reading
from benchmarks.readers.wire import MEANINGS, Scores
from benchmarks.texts import Line, Text, all_texts, as_lines, cut
from benchmarks.thresholds import NO_YES, by_the_other_half, heard, with_hindsight
from tests.flows.word_lists import LANGUAGES

ROOT = Path(__file__).parent.parent
HEADINGS = ("yes", "no", "stop", "start", "help", "not_yes", "talk")

texts = st.builds(Text, st.sampled_from(["de", "ja"]), st.sampled_from(HEADINGS), st.text())
scores = st.dictionaries(st.sampled_from(MEANINGS), st.floats(0, 1), min_size=1)
read = st.lists(st.tuples(texts, scores), max_size=20)


def false_yeses(texts: list[Text], meanings: list[str]) -> int:
    return sum(said == "yes" and t.meant in NO_YES for t, said in zip(texts, meanings, strict=True))


@given(read)
def test_hindsight_leaves_no_false_yes(read: list[tuple[Text, Scores]]) -> None:
    asked, said = [text for text, _ in read], [scores for _, scores in read]
    meanings = with_hindsight(asked, said)
    assert not false_yeses(asked, meanings)
    highest = max((s["yes"] for t, s in read if t.meant in NO_YES and heard(s) == "yes"), default=0)
    for scores, meaning in zip(said, meanings, strict=True):
        if heard(scores) == "yes" and scores["yes"] > highest:
            assert meaning == "yes"
        if heard(scores) != "yes":
            assert meaning == heard(scores)


def test_a_half_is_read_with_the_other_half_s_threshold() -> None:
    words = {Text("en", "yes", f"yes {number}").half: f"yes {number}" for number in range(20)}
    asked = [
        Text("en", "not_yes", words[0]), Text("en", "yes", words[0]), Text("en", "yes", words[1]),
    ]  # fmt: skip
    said = [{"yes": 0.9}, {"yes": 0.8}, {"yes": 0.8}]
    # Only the second half knows of the first one's false yes.
    assert by_the_other_half(asked, said) == ["yes", "yes", "unclear"]
    assert with_hindsight(asked, said) == ["unclear"] * 3


def test_a_language_has_its_own_threshold() -> None:
    asked = [Text("de", "not_yes", "ja ja"), Text("nl", "yes", "ja")]
    assert with_hindsight(asked, [{"yes": 0.9}, {"yes": 0.8}]) == ["unclear", "yes"]


def test_what_speaks_as_much_for_something_else_is_no_yes() -> None:
    assert heard({"yes": 1.0, "unclear": 1.0}) == "unclear"


def test_the_same_words_in_two_sets_are_in_one_half() -> None:
    assert (
        len({Text("es", "yes", text).half for text in ("¡Sí, claro!", "si claro", "SI. CLARO")})
        == 1
    )
    assert set(Counter(text.half for text in all_texts())) == {0, 1}


@pytest.fixture(scope="module")
def learnt() -> list[Line]:
    """What our lists say to those who learn from them."""
    return list(as_lines([]))


def test_those_who_learn_get_every_meaning_in_every_language(learnt: list[Line]) -> None:
    for language in LANGUAGES:
        taught = {line["learn"] for line in learnt if line["language"] == language}
        assert taught == set(MEANINGS), language


def test_what_is_learnt_is_cut_as_the_texts_are(learnt: list[Line]) -> None:
    firsts = [str(line["words"]) for line in learnt if line["rank"] == 0]
    assert [words for words in firsts if cut(words) != words] == []


def test_english_words_that_mislead_are_not_learnt_there(learnt: list[Line]) -> None:
    ya = [line["not_in"] for line in learnt if (line["language"], line["words"]) == ("en", "ya")]
    assert ya
    assert all("es" in languages for languages in ya if isinstance(languages, list))


ECHO = """
from benchmarks.readers.wire import serve
def read(phrases, replies):
    for reply in replies:
        yield {phrases[0].words + " " + reply.text: len(phrases)}
serve(read)
"""


def test_answers_come_in_the_order_of_the_texts() -> None:
    lines = [
        {"language": "de", "learn": "yes", "rank": 0, "words": "ja", "not_in": []},
        {"language": "en", "learn": "yes", "rank": 0, "words": "ya", "not_in": ["es"]},
        {"language": "es", "learn": "yes", "rank": 0, "words": "si", "not_in": []},
        *({"language": language, "text": text, "words": text}
          for language, text in (("de", "eins"), ("es", "dos"), ("de", "drei"))),
    ]  # fmt: skip
    given = "".join(json.dumps(line) + "\n" for line in lines)
    command = [sys.executable, "-c", ECHO]
    answered = subprocess.run(
        command, cwd=ROOT, input=given, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [json.loads(line) for line in answered] == [
        {"ja eins": 2}, {"si dos": 1}, {"ja drei": 2},
    ]  # fmt: skip


def test_a_reader_that_fails_is_named_with_what_to_do() -> None:
    # This environment has no scikit-learn.
    with pytest.raises(RuntimeError, match=r"classifier answered 0 of 1 .*make bench"):
        reading.ask("classifier", [Text("en", "yes", "yes")], Path(sys.executable))


def test_a_missing_environment_is_told_under_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PYTHON", ROOT / "nowhere")
    monkeypatch.setattr(reading, "all_texts", lambda: all_texts()[:300])
    (table,) = reading.measure(SimpleNamespace(say=lambda _: None))  # type: ignore[arg-type]
    assert "Not measured" in table.words
    assert [row[0] for row in table.rows] == list(reading.READERS)
