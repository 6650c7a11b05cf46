"""Tables to download: whatever a spreadsheet splits them by, no cell of theirs calculates."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.console.spreadsheet import as_csv, harmless
from bot.people.phones import read_phone

SIGNS = "=+-@＝＋－＠"
SPLITTING = (",", ";", "\t", "|")
"""What the spreadsheets of different countries, or their users, take for the end of a cell."""

CELLS = st.text(st.sampled_from([*SIGNS, *SPLITTING, *"\"' \r\nx1"]), max_size=12)


def written(*rows: list[object]) -> str:
    return as_csv(rows, "x.csv").get_data(as_text=True).removeprefix("\ufeff")


def split_by(sign: str, table: str) -> list[list[str]]:
    return list(csv.reader(StringIO(table, newline=""), delimiter=sign))


@pytest.mark.parametrize("cell", ["=1+1", "+15550001000", "-1", "@x", "\tx", "\rx", "＝1+1", "＠x"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("x;=1+1", "x;'=1+1"), ("x;=1+1;y", "x;'=1+1;y"), ("x; =1+1", "x; '=1+1"),
        ('x;"=1+1', 'x;"\'=1+1'), ("x\t+1", "x\t'+1"), ("x|@y", "x|'@y"), ("x;＝1", "x;'＝1"),
        ("x\n=1+1", "x\n'=1+1"), ("\n=1+1", "'\n'=1+1"), (" =1+1", " '=1+1"),
    ],
)  # fmt: skip
def test_nor_is_a_part_of_one_that_is_split(cell: str, kept: str) -> None:
    assert harmless(cell) == kept


@pytest.mark.parametrize(
    "cell",
    [
        "Jean-Luc O'Neill", "Miller, -Smith", "a; b", "1 + 1 = 2", "ann@example.org", "x;'=1",
        "whatsapp:+15550001000", '"Jo"', "3;4", "", "2026-03-01 12:00:00+00:00", "…", 12, None,
    ],
)  # fmt: skip
def test_what_is_no_formula_anywhere_stays_as_it_is(cell: object) -> None:
    assert harmless(cell) == ("" if cell is None else str(cell))


@given(st.lists(CELLS, min_size=1, max_size=3))
@example(["x;=1+1"])
@example(["1", 'x;"=1+1', "y"])
def test_however_it_is_split_nothing_calculates_and_nothing_is_lost(cells: list[str]) -> None:
    table = written(["1", *cells])
    for sign in SPLITTING:
        for row in split_by(sign, table):
            assert not [cell for cell in row if cell.lstrip(' \t\r\n"').startswith(tuple(SIGNS))]
    (row,) = split_by(",", table)
    assert [unguarded(cell) for cell in row[1:]] == [unguarded(cell) for cell in cells]


def unguarded(cell: str) -> str:
    return re.sub(rf"'(?=[{re.escape(SIGNS)}])|^'", "", cell)


def test_a_number_that_was_taken_out_can_be_brought_in() -> None:
    assert read_phone(harmless("+4915112345678")) == "+4915112345678"


def test_cells_hold_together_where_several_signs_split() -> None:
    assert written(["a;b", 'say "x"', 5]) == '"a;b","say ""x""","5"\r\n'
