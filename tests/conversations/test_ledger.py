"""Evidence in which nothing can be changed unseen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.conversations.ledger import FIRST, Link, chain_hash, commitment, faults, fold
from tests.world import Friend, World


@pytest.fixture
def told(world: World) -> Friend:
    """A contact with a story of four entries."""
    friend = world.contact()
    friend.is_asked()
    friend.says("Who is this?")
    friend.says("Yes")
    friend.says("STOP")
    return friend


@pytest.fixture
def links(told: Friend) -> list[Link]:
    return told.links


def body(link: Link) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(link.body)
    return read


def edited(link: Link, **changes: Any) -> Link:
    """An entry with another body, and the hash that fits it."""
    written = json.dumps(body(link) | changes)
    return replace(link, body=written, hash=chain_hash(link.previous, written))


def test_a_chain_that_nobody_touched(links: list[Link]) -> None:
    assert faults(links) == []
    assert fold(links, "new") == "opted_out"
    assert faults([]) == []
    assert links[0].previous == FIRST


def swap(links: list[Link]) -> list[Link]:
    return [links[0], links[2], links[1], links[3]]


def renumber(links: list[Link]) -> list[Link]:
    return [replace(link, seq=place) for place, link in enumerate(links, start=1)]


TAMPERINGS: dict[str, Callable[[list[Link]], list[Link]]] = {
    "an entry is taken out": lambda links: [*links[:1], *links[2:]],
    "an entry is taken out and the others are renumbered": lambda links: renumber(
        [*links[:1], *links[2:]]
    ),
    "the first is taken out": lambda links: renumber(links[1:]),
    "an entry stands twice": lambda links: [*links, links[-1]],
    "two are swapped": swap,
    "two are swapped and renumbered": lambda links: renumber(swap(links)),
    "one letter of a body": lambda links: [
        replace(links[0], body=links[0].body.replace("requested", "Requested", 1)), *links[1:]
    ],
    "a body and its hash": lambda links: [edited(links[0], kind="consent.given"), *links[1:]],
    "a hash": lambda links: [replace(links[0], hash="0" * 64), *links[1:]],
    "a link": lambda links: [links[0], replace(links[1], previous=FIRST), *links[2:]],
    "another answer": lambda links: [
        *links[:3], personal(links[3], text="Yes")
    ],
    "an answer with another salt": lambda links: [
        *links[:3],
        replace(links[3], personal={"salt": "0" * 32, "values": values(links[3])}),
    ],
    "an answer that is gone": lambda links: [
        *links[:3],
        replace(links[3], personal={"salt": "0" * 32, "values": {}}),
    ],
}  # fmt: skip


def values(link: Link) -> dict[str, str]:
    assert link.personal is not None
    return dict(link.personal["values"])


def personal(link: Link, **changes: str) -> Link:
    assert link.personal is not None
    return replace(link, personal=link.personal | {"values": values(link) | changes})


@pytest.mark.parametrize("name", TAMPERINGS)
def test_whatever_is_changed_is_found(links: list[Link], name: str) -> None:
    assert faults(TAMPERINGS[name](links))


def test_what_was_changed_is_said(links: list[Link]) -> None:
    assert faults([links[0], *links[2:]]) == ["entry 2 is missing"]
    assert faults([*links[:3], personal(links[3], text="x")]) == [
        "entry 4: text is not what was recorded"
    ]


def test_a_chain_written_anew_from_a_point_on_needs_the_head_that_was_kept(
    told: Friend, links: list[Link]
) -> None:
    forged = edited(links[3], to="opted_in")
    assert faults([*links[:3], forged]) == []
    assert told.now.head == links[-1].hash != forged.hash


def test_personal_values_can_go_and_the_proof_stays(links: list[Link]) -> None:
    erased = [replace(link, personal=None) for link in links]
    assert faults(erased) == []
    assert fold(erased, "new") == "opted_out"


def test_a_state_that_does_not_follow_is_refused(links: list[Link]) -> None:
    with pytest.raises(ValueError, match="entry 3 starts from 'requested', not 'new'"):
        fold(links[2:], "new")
    with pytest.raises(ValueError, match="entry 4 starts from 'opted_in'"):
        fold([*links[:2], links[3]], "new")


def test_a_body_names_nobody(world: World, told: Friend) -> None:
    for link in told.links:
        for private in ("4915112345678", "Who is this", "Jo", "SM0"):
            assert private not in link.body
        assert told.phone in str(link.personal)


def test_an_entry_says_who_was_shown_what_and_answered_how(told: Friend) -> None:
    request, unclear, given, withdrawn = (body(link) for link in told.links)

    assert (request["from"], request["to"]) == ("new", "requested")
    assert (request["asked_by"], request["basis"]) == ("agent", "existing client")
    (shown,) = request["shown"]
    assert (shown["name"], shown["language"], shown["version"]) == ("ask", "en", 1)
    assert shown["content_sid"]
    assert set(request["personal"]) == {"address", "shown ask"}

    assert (unclear["kind"], unclear["read"]["meaning"]) == ("reply.unclear", "unclear")
    assert (given["from"], given["to"], given["via"]) == ("requested", "opted_in", "webhook")
    assert given["read"]["rule"]
    assert given["read"]["words"]
    assert given["request"] == str(told.request_id)
    assert (withdrawn["kind"], withdrawn["sender"]) == ("consent.withdrawn", told.house.address)
    assert values(told.links[2])["text"] == "Yes"


def test_the_same_words_look_different_every_time(world: World) -> None:
    friends = [world.contact(f"+4915100000{n:03d}") for n in range(3)]
    for friend in friends:
        friend.is_asked()
        friend.says("Yes")
        friend.says("Yes")
    stand_ins = [body(link)["personal"]["text"] for one in friends for link in one.links[1:]]
    assert len(set(stand_ins)) == len(stand_ins) >= 6
    asked = {body(friend.links[0])["personal"]["shown ask"] for friend in friends}
    assert len(asked) == 3


def test_a_stand_in_depends_on_salt_name_and_value() -> None:
    given = {commitment(*parts) for parts in (("a", "b", "c"), ("x", "b", "c"), ("a", "x", "c"))}
    assert len(given | {commitment("a", "b", "x")}) == 4


def test_numbers_follow_each_other_without_a_gap(links: list[Link]) -> None:
    assert [link.seq for link in links] == [1, 2, 3, 4]
    assert [body(link)["seq"] for link in links] == [1, 2, 3, 4]
    assert [link.previous for link in links[1:]] == [link.hash for link in links[:-1]]
