"""Finding people the way one types: a beginning, a number, two words in any order."""

from __future__ import annotations

import pytest

from bot.people import contacts
from bot.people.joining import Newcomer, join
from bot.people.search import WROTE_FIRST, BadCursor, count, words_of
from tests.world import World

PEOPLE = {
    "Ana Ruiz": "+34612345678",
    "Ánna Ölçer": "+4915112345678",
    "Anna Annan": "+4915198765432",
    "Zoë O'Neil": "+353851234567",
    "李 小龍": "+85291234567",
}


@pytest.fixture
def book(world: World) -> World:
    newcomers = [Newcomer(name, phone) for name, phone in PEOPLE.items()]
    with world.database.writing() as connection:
        join(connection, world.organization_id, newcomers, world.now)
    return world


def found(book: World, words: str, **more: object) -> list[str]:
    with book.database.reading() as connection:
        page = contacts.search_people(connection, book.organization_id, words=words, **more)  # type: ignore[arg-type]
    return [person.name for person in page.people]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ana", ["Ana Ruiz"]),
        ("an", ["Ana Ruiz", "Anna Annan", "Ánna Ölçer"]),
        ("ANNA", ["Anna Annan", "Ánna Ölçer"]),
        ("olcer", ["Ánna Ölçer"]),
        ("ruiz an", ["Ana Ruiz"]),
        ("anna ruiz", []),
        ("neil", ["Zoë O'Neil"]),
        ("李", ["李 小龍"]),
        ("+34 612 345", ["Ana Ruiz"]),
        ("0151 1234", ["Ánna Ölçer"]),
        ("151", ["Anna Annan", "Ánna Ölçer"]),
        ("ana 2", []),
        ("%", ["Ana Ruiz", "Anna Annan", "Zoë O'Neil", "Ánna Ölçer", "李 小龍"]),
        ("nobody", []),
    ],
)
def test_what_is_typed_is_found(book: World, typed: str, names: list[str]) -> None:
    assert sorted(found(book, typed)) == sorted(names)


def test_somebody_two_of_whose_words_begin_alike_is_found_once(book: World) -> None:
    assert found(book, "ann").count("Anna Annan") == 1


@pytest.mark.parametrize("words", ["", "a", "an"])
def test_pages_follow_each_other_and_miss_nobody(book: World, words: str) -> None:
    names: list[str] = []
    after = ""
    while True:
        with book.database.reading() as connection:
            page = contacts.search_people(
                connection, book.organization_id, words=words, after=after, limit=1
            )
        names += [person.name for person in page.people]
        if page.next is None:
            break
        after = page.next
    assert sorted(names) == sorted(found(book, words))


def test_a_state_narrows_the_search(book: World) -> None:
    book.contact("+4915100000000").is_asked()
    assert found(book, "", state="requested") == ["Jo"]
    assert found(book, "jo", state="requested") == ["Jo"]
    assert found(book, "ana", state="requested") == []


def test_another_organizations_people_are_not_found(book: World) -> None:
    other = book.add_organization("Other")
    with book.database.reading() as connection:
        page = contacts.search_people(connection, other, words="ana")
    assert page.people == []


def test_a_cursor_of_ones_own_making_is_refused(book: World) -> None:
    with pytest.raises(BadCursor):
        found(book, "an", after="made up")


def test_the_words_of_a_contact() -> None:
    assert words_of("Ána-María  Ruiz", "+34612345678") == {
        "ana", "maria", "ruiz", "34612345678", "612345678",
    }  # fmt: skip


def test_who_wrote_first_is_found_until_somebody_asks(book: World) -> None:
    book.keeps_strangers()
    stranger, unheard = book.contact("+4915100000000"), book.contact("+4915100000001")
    stranger.says("hello")
    assert found(book, "", state=WROTE_FIRST) == ["Jo"]
    assert found(book, "jo", state=WROTE_FIRST) == ["Jo"]
    assert found(book, "ana", state=WROTE_FIRST) == []
    assert counted(book, most=10) == 1
    unheard.says("hello")
    assert (counted(book, most=10), counted(book, most=1)) == (2, 1)
    stranger.is_asked()
    unheard.says("STOP")
    assert found(book, "", state=WROTE_FIRST) == []


def counted(book: World, most: int) -> int:
    with book.database.reading() as connection:
        return count(connection, book.organization_id, WROTE_FIRST, most)
