"""Error 21610: the recipient has unsubscribed at Twilio. However we learn it, they withdraw."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.messaging.gateway import Refused, Sent
from bot.messaging.verdicts import verdict
from bot.people import newcomers
from bot.store.models import Conversation
from tests.messaging.post_office import PostOffice
from tests.world import Friend, World, new_sid

UNSUBSCRIBED = 21610


@pytest.fixture
def jo(world: World, office: PostOffice) -> Friend:
    """Somebody who has been told by SMS who writes."""
    jo = world.contact(channel="sms")
    jo.is_asked()
    office.sends_everything("sms")
    return jo


def test_told_at_once(jo: Friend, office: PostOffice) -> None:
    office.writes(jo)
    office.answers(office.claims_one("sms"), Refused(verdict(UNSUBSCRIBED)))
    assert_withdrawn(jo)


def test_told_in_a_callback(jo: Friend, office: PostOffice) -> None:
    office.writes(jo)
    sent, sid = office.claims_one("sms"), new_sid()
    office.answers(sent, Sent(sid))
    office.reports(sent.row["token"], "failed", sid=sid, code=UNSUBSCRIBED)
    assert_withdrawn(jo)


def assert_withdrawn(jo: Friend) -> None:
    assert (jo.state, jo.told[-1]) == ("opted_out", "opted_out_by_provider")
    assert (jo.recorded[-1], jo.heard[-1]) == ("consent.withdrawn", "text")
    assert jo.is_proved()


def test_the_goodbye_that_twilio_keeps_back_changes_nothing(jo: Friend, office: PostOffice) -> None:
    """Twilio's default words come without OptOutType: it has said goodbye, and refuses ours."""
    jo.says("STOP")
    office.answers(office.claims_one("sms"), Refused(verdict(UNSUBSCRIBED)))
    assert (jo.state, office.status(jo, "goodbye")) == ("opted_out", "failed")
    assert jo.recorded.count("consent.refused") == 1
    assert "opted_out_by_provider" not in jo.told


def test_a_yes_that_twilio_did_not_take_for_a_start_does_not_stay(
    jo: Friend, office: PostOffice
) -> None:
    """Who stopped at Twilio is let in again by START or YES alone; we read more than that."""
    jo.says("STOP", answered="stop")
    jo.says("yes please")
    assert jo.state == "opted_in"
    office.answers(office.claims_one("sms"), Refused(verdict(UNSUBSCRIBED)))
    assert jo.state == "opted_out"


def test_whatsapp_consent_of_the_same_number_is_its_own(
    world: World, jo: Friend, office: PostOffice
) -> None:
    house = world.house()
    with world.database.writing() as connection:
        contact_id = connection.scalars(select(Conversation.contact_id)).one()
        key = newcomers.open_conversation(connection, house, contact_id, jo.phone, world.now)
    chat = Friend(world, house, jo.phone, (world.organization_id, key))
    chat.is_asked()
    chat.says("Yes")

    office.writes(jo)
    office.answers(office.claims_one("sms"), Refused(verdict(UNSUBSCRIBED)))

    assert (jo.state, chat.state) == ("opted_out", "opted_in")
    jo.says("Yes")
    chat.says("STOP")
    assert (jo.state, chat.state) == ("opted_in", "opted_out")
