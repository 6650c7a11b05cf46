"""Lists of messages: pages and filters."""

from datetime import UTC, datetime, timedelta

import pytest

from .desk import LIST, PERSON, SMS, WHATSAPP, Desk

TO = f"whatsapp:{PERSON}"


def test_a_list_comes_in_pages_newest_first(desk: Desk) -> None:
    sent = [desk.send(PERSON, f"message {n}").sid for n in range(7)]

    pages = list(desk.client.messages.list(page_size=3))
    first = desk.raw(params={"PageSize": 3}).json()

    assert [message.sid for message in pages] == sent[::-1]
    assert (first["page"], first["page_size"], first["start"], first["end"]) == (0, 3, 0, 2)
    assert first["previous_page_uri"] is None
    assert first["first_page_uri"] == f"{LIST}?PageSize=3&Page=0"
    assert "PageToken=PA" in first["next_page_uri"]
    assert len(first["messages"]) == 3


def test_new_messages_do_not_shift_the_next_page(desk: Desk) -> None:
    sent = [desk.send(PERSON, f"message {n}").sid for n in range(4)]
    first = desk.raw(params={"PageSize": 2}).json()
    desk.send(PERSON, "in between")

    second = desk.raw(path=first["next_page_uri"]).json()

    assert [one["sid"] for one in second["messages"]] == [sent[1], sent[0]]
    assert second["next_page_uri"] is None
    assert second["previous_page_uri"] == f"{LIST}?PageSize=2&Page=0"


@pytest.mark.parametrize("size", ["5000", "1000"])
def test_a_page_has_at_most_a_thousand(desk: Desk, size: str) -> None:
    assert desk.raw(params={"PageSize": size}).json()["page_size"] == 1000


def test_a_list_is_filtered_by_address(desk: Desk) -> None:
    desk.send(PERSON, "by SMS")
    desk.send(TO, "by WhatsApp")
    desk.hears(PERSON, "hello")

    def bodies(**filters: str) -> list[str]:
        return [message.body for message in desk.client.messages.list(**filters)]

    assert bodies(to=TO) == ["by WhatsApp"]
    assert bodies(from_=SMS) == ["by SMS"]
    assert bodies(to=WHATSAPP) == ["hello"]
    assert bodies(to=TO, from_=SMS) == []


def test_a_list_is_filtered_by_date(desk: Desk) -> None:
    desk.send(PERSON, "now")
    desk.settles().waits(hours=48)
    desk.send(PERSON, "in two days")
    desk.settles()
    now = datetime.now(UTC)
    soon = now + timedelta(days=1)

    def bodies(**filters: object) -> list[str]:
        return [message.body for message in desk.client.messages.list(**filters)]

    assert bodies(date_sent=now.date()) == ["now"]
    assert bodies(date_sent_after=soon) == ["in two days"]
    assert bodies(date_sent_before=soon) == ["now"]
    assert bodies(date_sent_after=now.date()) == ["in two days", "now"]
    assert desk.raw(params={"DateSent": "soon"}).json()["code"] == 20001
