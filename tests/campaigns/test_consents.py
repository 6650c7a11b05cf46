"""Consent that was given elsewhere: brought in with what shows it, and never over an opt-out."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.campaigns import consents
from bot.campaigns.consents import Told
from bot.people import consent_file
from bot.people.consent_file import Witness
from bot.people.csv_lines import Skipped
from bot.people.mistakes import Mistake
from tests.campaigns.crowd import Crowd, numbers
from tests.world import NOON, Friend, World

TODAY = date(2026, 3, 1)
HEADER = "phone,source,date,evidence,name"
JO = "+4915112345678"


def line(phone: str = JO, day: str = "2025-06-30") -> str:
    return f'{phone},paper form,{day},"Form 17, signed by Jo Smith",Jo'


def read(*lines: str) -> list[Witness | Skipped]:
    return list(consent_file.read([HEADER, *lines], TODAY))


def brings(world: World, *lines: str, channel: str = "whatsapp") -> list[Told]:
    house = world.house(channel)
    with world.database.writing() as connection:
        return consents.bring(connection, house, read(*lines), "ann@example.org", world.now)


def foresees(world: World, *lines: str) -> list[Told]:
    with world.database.reading() as connection:
        return list(consents.look(connection, world.house(), read(*lines), world.now))


class TestBringing:
    def test_opens_the_conversation_without_a_word(self, world: World) -> None:
        jo = world.contact(JO)
        assert brings(world, line()) == [Told(2, JO)]
        assert jo.state == "opted_in"
        assert jo.heard == []
        assert jo.told == ["opted_in"]
        assert jo.may("send_template")
        assert jo.recorded == ["consent.imported"]
        assert jo.is_proved()

    def test_is_proved_by_where_when_and_what_and_by_whom(self, world: World) -> None:
        jo = world.contact(JO)
        brings(world, line())
        (entry,) = jo.links
        body = json.loads(entry.body)
        assert (body["source"], body["given_on"]) == ("paper form", "2025-06-30")
        assert body["brought_by"] == "ann@example.org"
        assert "Smith" not in entry.body
        assert entry.personal
        assert entry.personal["values"]["evidence"] == "Form 17, signed by Jo Smith"
        assert set(body["personal"]) == {"address", "evidence"}

    def test_makes_contacts_of_strangers(self, world: World) -> None:
        told = brings(world, *(line(phone) for phone in numbers(3)))
        assert consents.counts(told) == {"imported": 3, "refused": 0, "reasons": {}}
        assert Crowd(world).found(state="opted_in", words="jo")

    def test_ends_a_request_that_is_out(self, world: World) -> None:
        jo = world.contact(JO)
        jo.is_asked()
        brings(world, line())
        assert jo.state == "opted_in"
        world.passes(hours=25)
        world.expire()
        assert jo.state == "opted_in"
        jo.says("STOP")
        assert jo.recorded[-1] == "consent.withdrawn"
        assert jo.is_proved()

    def test_by_sms_is_apart(self, world: World) -> None:
        jo = world.contact(JO, channel="sms")
        brings(world, line())
        assert jo.state == "new"
        brings(world, line(), channel="sms")
        assert jo.state == "opted_in"
        assert jo.is_proved()


class TestRefusing:
    def test_an_opt_out_stays(self, world: World) -> None:
        jo = world.contact(JO)
        jo.says("STOP")
        before = jo.links
        assert foresees(world, line()) == brings(world, line()) == [Told(2, JO, "opted_out")]
        assert (jo.state, jo.links) == ("opted_out", before)

    def test_a_second_time_changes_nothing(self, world: World) -> None:
        jo = world.contact(JO)
        brings(world, line())
        assert brings(world, line()) == [Told(2, JO, "already_opted_in")]
        assert jo.recorded == ["consent.imported"]

    @pytest.mark.parametrize(
        ("written", "words"),
        [
            (line(day="2026-03-02"), "still to come"),
            (line(day="30.06.2025"), "like 2026-05-31"),
            (line(phone="12"), "'12'"),
            (f"{JO},,2025-06-30,seen", "The source is missing"),
            (f"{JO},form,2025-06-30,", "The evidence is missing"),
            (f'{JO},form,2025-06-30,"open', "quotation mark"),
        ],
    )
    def test_a_line_that_says_too_little_stops_no_other(
        self, world: World, written: str, words: str
    ) -> None:
        told = brings(world, written, line("+4915112345679"), line("+4915112345679"))
        assert [one.reason for one in told] == ["unusable", None, "repeated"]
        assert told[0].words
        assert words in told[0].words

    def test_a_file_without_its_columns_is_refused(self) -> None:
        with pytest.raises(Mistake, match="phone,source,date,evidence or"):
            list(consent_file.read(["name,phone", "Jo,1"], TODAY))


_houses = iter(range(1, 10_000))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(st.sampled_from(("ask", "yes", "no", "STOP", "hello", "day", "bring")), max_size=9))
def test_whatever_came_before_an_opt_out_is_undone_by_the_contact_alone(
    world: World, deeds: list[str]
) -> None:
    number = next(_houses)
    world.now = NOON
    world.organization_id = world.add_organization(f"House {number}", f"whatsapp:+1556{number:07d}")
    jo = world.contact(JO)
    for deed in [*deeds, "bring"]:
        before = jo.state
        happens(deed, jo)
        if deed == "bring":
            assert jo.state == ("opted_out" if before == "opted_out" else "opted_in")
        assert jo.is_proved()


def happens(deed: str, jo: Friend) -> None:
    match deed:
        case "bring":
            assert foresees(jo.world, line()) == brings(jo.world, line())
        case "ask":
            jo.is_asked()
        case "day":
            jo.world.passes(hours=24)
            jo.world.expire()
        case _:
            jo.says(deed)
