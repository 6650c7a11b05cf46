"""One table says what a code means, whichever way it comes."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.messaging.verdicts import VERDICTS, VerdictKind, verdict

CODES = {
    "unreachable": {63003, 63024},
    "blocked": {21610, 63014},
    "window": {63016},
    "pause": {20003, 63001},
    "retry": {
        20429, 21611, 30001, 30003, 30008, 30022, 30023, 30610, 63005, 63010, 63012, 63017, 63018,
        63029, 63038, 63049,
    },
    "final": {
        20404, 21211, 21212, 21408, 21603, 21606, 21608, 21609, 21612, 21614, 21617, 21619, 21654,
        21655, 21656, 21658, 21701, 21702, 21703, 21704, 21705, 21910, 30004, 30005, 30006, 30007,
        30032, 30034, 30036, 30410, 35115, 35118, 60727, 63007, 63013, 63015, 63019, 63020, 63021,
        63022, 63027, 63028, 63030, 63031, 63032, 63033, 63040, 63041, 63042, 63051, 63101, 63112,
        63124,
    },
}  # fmt: skip
"""What Twilio documents for messages, sorted by whether trying again can help.

https://www.twilio.com/docs/api/errors
"""


@pytest.mark.parametrize("kind", get_args(VerdictKind))
def test_every_documented_code_is_in_the_table(kind: str) -> None:
    assert {code for code in CODES[kind] if VERDICTS[code].kind != kind} == set()


def test_every_kind_in_the_table_is_one_that_we_know() -> None:
    assert {one.kind for one in VERDICTS.values()} == set(get_args(VerdictKind))


@pytest.mark.parametrize("code", sorted(VERDICTS))
def test_every_code_speaks_in_a_sentence(code: int) -> None:
    words = VERDICTS[code].words
    assert words == words.strip()
    assert words.endswith(".")
    assert words[0].isupper()
    assert len(words) <= 120
    assert str(code) not in words


@pytest.mark.parametrize(
    ("code", "failure"),
    [(63024, "unreachable"), (63014, "blocked"), (20429, "final"), (63016, "final"), (1, "final")],
)
def test_a_flow_sees_three_kinds_of_failure(code: int, failure: str) -> None:
    assert verdict(code).failure == failure


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        (29999, "Odd thing.", "Twilio reports error 29999: Odd thing."),
        (29999, "", "Twilio reports error 29999."),
        (None, "", "Twilio reports error without a code."),
    ],
)
def test_a_code_that_is_not_listed_is_final_with_the_providers_words(
    code: int | None, said: str, words: str
) -> None:
    assert (verdict(code, said).kind, verdict(code, said).words) == ("final", words)
