"""Contacts from a file."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.people import address_book, contact_file
from bot.people.address_book import Report
from bot.people.contact_file import Newcomer, Skipped
from bot.people.mistakes import Mistake
from bot.store.models import Address, Contact
from tests.world import NOON, World


def read(text: str, region: str | None = None) -> list[Newcomer | Skipped]:
    return list(contact_file.read(io.StringIO(text), region))


def take_in(world: World, text: str, region: str | None = None) -> Report:
    return address_book.import_contacts(
        world.database, world.organization_id, io.StringIO(text), region, NOON
    )


def people(world: World) -> list[tuple[str, str, str | None]]:
    query = select(Contact.name, Address.value, Contact.language).join(
        Address, Address.contact_id == Contact.id
    )
    with world.database.reading() as connection:
        return sorted((*row,) for row in connection.execute(query))


class TestReading:
    def test_columns_may_stand_in_any_order_among_others(self) -> None:
        found = read("City,PHONE, Language ,Name\nBonn,+4915112345678,de_at,Jo\n")
        assert found == [Newcomer(2, "Jo", "+4915112345678", "de-AT")]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_a_spreadsheet_may_write_it_its_own_way(self, delimiter: str) -> None:
        text = f'\ufeffname{delimiter}phone\r\n"Jo"{delimiter}0151 12345678\r\n'
        assert read(text, "DE") == [Newcomer(2, "Jo", "+4915112345678", None)]

    @pytest.mark.parametrize("text", ["", "\n", "Jo,+4915112345678\n", "name;email\n", "phone\n"])
    def test_without_a_header_nothing_is_read(self, text: str) -> None:
        with pytest.raises(Mistake, match="first line must name the columns"):
            read(text)

    def test_a_region_that_is_none_is_said_at_once(self) -> None:
        with pytest.raises(Mistake, match="not a country"):
            read("name,phone\n", "Germany")

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("Jo", "phone number is missing"),
            ("Jo,", "phone number is missing"),
            (",+4915112345678", "name is missing"),
            ("Jo,12", "country code"),
            ('"Jo,+4915112345678', "quotation mark"),
            ("Jo,+4915112345678,klingon", "not a language"),
            ("J\udcf6,+4915112345678", "not UTF-8"),
            ("J\0,+4915112345678", "NUL"),
            ("J" * 201 + ",+4915112345678", "200"),
            ("J" * 200_000 + ",+4915112345678", ""),
        ],
    )
    def test_a_bad_line_says_why_and_stops_no_other(self, line: str, words: str) -> None:
        found = read(f"name,phone,language\n{line}\nAl,+4915112345679,\n")
        assert isinstance(found[0], Skipped)
        assert (found[0].line, found[0].why) == (2, "unusable")
        assert words in found[0].words
        assert found[1:] == [Newcomer(3, "Al", "+4915112345679", None)]

    def test_empty_lines_are_nothing(self) -> None:
        assert read("name,phone\n\n , \n\t\n") == []

    def test_a_number_counts_once_however_it_is_written(self) -> None:
        found = read("name,phone\nJo,+4915112345678\nJoe,0151 12345678\n", "DE")
        assert found[1] == Skipped(3, "repeated", "+4915112345678 stands in line 2 already.")

    @given(st.text())
    def test_any_text_is_read_or_refused_in_words(self, text: str) -> None:
        found = read("name,phone\n" + text)
        assert all(isinstance(line, Newcomer | Skipped) for line in found)


class TestTakingIn:
    def test_what_can_be_used_is_and_the_rest_is_reported(self, world: World) -> None:
        world.contact("+4915112345670")
        report = take_in(
            world,
            "name,phone,language\nJo,+4915112345678,de\nNo,nothing\nAl,+4915112345670\n"
            "Jo again,+4915112345678\nZoë,+12025550101\n",
        )
        assert report.counts() == {"added": 2, "existing": 1, "repeated": 1, "unusable": 1}
        assert [(one.line, one.why) for one in report.skipped] == [
            (3, "unusable"), (4, "existing"), (5, "repeated"),
        ]  # fmt: skip
        assert people(world) == [
            ("Jo", "+4915112345670", None),
            ("Jo", "+4915112345678", "de"),
            ("Zoë", "+12025550101", None),
        ]

    def test_the_same_file_again_adds_nobody(self, world: World) -> None:
        text = "name,phone\n" + "".join(f"P{n},+1202555{n:04d}\n" for n in range(1201))
        assert take_in(world, text).counts()["added"] == 1201
        before = people(world)
        assert take_in(world, text).counts() == {
            "added": 0, "existing": 1201, "repeated": 0, "unusable": 0,
        }  # fmt: skip
        assert people(world) == before

    def test_contacts_of_another_organization_are_not_in_the_way(self, world: World) -> None:
        text = "name,phone\nJo,+4915112345678\n"
        other = world.add_organization("Other")
        take_in(world, text)
        report = address_book.import_contacts(world.database, other, io.StringIO(text), None, NOON)
        assert report.added == 1

    def test_two_imports_at_once_add_everybody_once(self, world: World) -> None:
        text = "name,phone\n" + "".join(f"P{n},+1202555{n:04d}\n" for n in range(1200))
        with ThreadPoolExecutor(4) as threads:
            reports = list(threads.map(lambda _: take_in(world, text), range(4)))
        assert sum(report.added for report in reports) == 1200
        assert all(sum(report.counts().values()) == 1200 for report in reports)
        with world.database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(Contact)) == 1200
