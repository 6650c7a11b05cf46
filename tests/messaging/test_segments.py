"""How many parts an SMS takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messaging.segments import measure
from bot.simulator.addresses import SMS, Address
from bot.simulator.message import segments

GSM = st.text("Hello £ä€[]", max_size=700)


@pytest.mark.parametrize(
    ("text", "alphabet", "places", "segments"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),  # the sign is not cut in two
        ("ä" * 160, "GSM-7", 160, 1),
        ("á" * 70, "UCS-2", 70, 1),
        ("á" * 71, "UCS-2", 71, 2),
        ("á" * 134, "UCS-2", 134, 2),
        ("á" * 135, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        ("😀" * 67, "UCS-2", 134, 3),  # 33 of them to a part
        ("“Hello”", "UCS-2", 7, 1),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_a_text_takes_as_many_parts(text: str, alphabet: str, places: int, segments: int) -> None:
    found = measure(text)
    assert (found.alphabet, found.places, found.segments) == (alphabet, places, segments)


def test_the_signs_that_make_it_dear_are_named() -> None:
    assert measure("“Hello” – “you”").beyond == "“”–"
    assert measure("Hello").beyond == ""


@given(GSM, GSM)
def test_more_text_never_takes_fewer_parts(one: str, more: str) -> None:
    assert measure(one).segments <= measure(one + more).segments
    assert measure(one + more).segments <= measure(one).segments + measure(more).segments + 1


@given(st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"],
                             exclude_characters="\f^{}\\[~]|€"), max_size=700))  # fmt: skip
def test_the_stand_in_counts_the_same_where_nothing_takes_two_places(text: str) -> None:
    assert measure(text).segments == segments(Address(SMS, "+12025550123"), text)


@given(st.text(min_size=1, max_size=700))
def test_every_part_is_used_and_holds_what_it_can(text: str) -> None:
    found = measure(text)
    room = {"GSM-7": 160, "UCS-2": 70}[found.alphabet]
    assert found.places <= room * found.segments
    assert found.segments == 1 or found.places > room
