"""What Twilio has answered by itself is heard, recorded and not answered twice."""

from __future__ import annotations

import orjson
import pytest

from tests.world import Friend, World


@pytest.fixture
def jo(world: World) -> Friend:
    jo = world.contact(channel="sms")
    jo.is_asked()
    return jo


def test_a_stop_counts_and_the_goodbye_is_the_providers(jo: Friend) -> None:
    jo.says("STOP", answered="stop")

    assert (jo.state, jo.heard) == ("opted_out", ["disclaimer"])
    assert (jo.told[-1], jo.recorded[-1]) == ("opted_out", "consent.refused")
    assert orjson.loads(jo.links[-1].body)["answered_by_provider"] == "stop"
    assert jo.is_proved()


@pytest.mark.parametrize("text", ["ADIOS AMIGOS", "Yes", ""])
def test_a_word_that_only_the_provider_knows_stops_all_the_same(jo: Friend, text: str) -> None:
    jo.says(text, answered="stop")
    assert jo.state == "opted_out"
    assert orjson.loads(jo.links[-1].body)["read"]["rule"] == "the provider's own list of words"


def test_a_start_is_welcomed_by_the_provider_alone(jo: Friend) -> None:
    jo.says("STOP", answered="stop")
    jo.says("START", answered="start")
    assert (jo.state, jo.heard) == ("opted_in", ["disclaimer"])
    assert jo.told[-1] == "opted_in"


def test_a_start_word_that_we_do_not_know_is_no_yes(world: World) -> None:
    jo = world.contact("+4915112345678")
    jo.is_asked()
    jo.says("count me in, perhaps", answered="start")
    assert (jo.state, jo.heard) == ("requested", ["ask"])


def test_help_is_answered_once(jo: Friend) -> None:
    jo.says("HELP", answered="help")
    jo.says("aide-moi svp", answered="help")
    assert (jo.state, jo.heard) == ("informed", ["disclaimer"])
    jo.says("HELP")
    assert jo.heard == ["disclaimer", "help"], "who was answered by nobody is answered by us"


def test_a_request_is_never_left_out(world: World) -> None:
    jo = world.contact()
    jo.says("START", answered="start")
    assert (jo.state, jo.heard) == ("requested", ["ask"]), "a state never rests on what went unsaid"
