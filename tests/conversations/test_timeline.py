"""A conversation as the agent reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import NoResultFound

from bot.conversations import timeline
from bot.store.columns import new_id
from tests.world import NOON, Friend, World


@pytest.fixture
def jo(world: World) -> Friend:
    friend = world.contact()
    friend.is_asked()
    world.passes(minutes=1)
    friend.says("Yes")
    world.passes(minutes=1)
    friend.says("When do you open?")
    return friend


def page(friend: Friend, after: int, limit: int) -> list[int]:
    with friend.world.database.reading() as connection:
        return [line.seq for line in timeline.lines(connection, friend.key, after, limit)]


def test_it_reads_like_a_transcript(jo: Friend) -> None:
    assert [(line.kind, line.code, line.at - NOON) for line in jo.lines] == [
        ("out", "ask", timedelta(0)),
        ("notice", "request_sent", timedelta(0)),
        ("in", "reply", timedelta(minutes=1)),
        ("out", "welcome", timedelta(minutes=1)),
        ("notice", "opted_in", timedelta(minutes=1)),
        ("in", "reply", timedelta(minutes=2)),
    ]
    assert [line.text for line in jo.lines if line.kind == "in"] == ["Yes", "When do you open?"]


def test_messages_have_a_status_and_notices_have_none(jo: Friend) -> None:
    assert [line.status for line in jo.lines] == [
        "queued", None, "received", "queued", None, "received"
    ]  # fmt: skip


def test_it_is_read_page_by_page(jo: Friend) -> None:
    assert page(jo, 0, 4) == [1, 2, 3, 4]
    assert page(jo, 4, 4) == [5, 6]
    assert page(jo, 6, 4) == []
    assert page(jo, 2, 1) == [3]


def test_pages_of_any_size_give_the_whole(jo: Friend) -> None:
    for size in range(1, 8):
        read: list[int] = []
        while more := page(jo, read[-1] if read else 0, size):
            read += more
        assert read == [1, 2, 3, 4, 5, 6]


def test_what_was_attached_is_shown(jo: Friend) -> None:
    media = ({"url": "https://x.test/1", "type": "image/png"},)
    jo.delivers(replace(jo.message("look"), media=media))
    last = jo.lines[-1]
    assert (last.text, last.media) == ("look", list(media))


def test_one_conversation_is_not_anothers(world: World, jo: Friend) -> None:
    other = world.contact("+4915100000001")
    assert other.lines == []


def test_one_message(jo: Friend) -> None:
    with jo.world.database.reading() as connection:
        line = timeline.message(connection, (jo.key[0], jo.request_id))
        assert (line.kind, line.code, line.seq) == ("out", "ask", 1)
        with pytest.raises(NoResultFound):
            timeline.message(connection, (jo.key[0], new_id()))
