"""What a person should look at, and the sheet for setting Twilio up."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from bot import problems
from bot.console.numbers import spelled
from bot.conversations import arrivals
from bot.messaging import pausing, stray_reports
from bot.messaging.forms import Callback
from bot.store.bulk import insert_all
from bot.store.columns import new_id
from bot.store.models import Campaign, Heartbeat, Message, Pause, Problem
from tests.console.conftest import Browser
from tests.world import Friend, World, new_sid


@pytest.fixture
def jo(world: World) -> Friend:
    """Asked, but nobody could find out whether the request was sent."""
    friend = world.contact()
    friend.is_asked()
    with world.database.writing() as connection:
        connection.execute(update(Message).values(status="uncertain", unanswered=4))
        words = "Nobody could find out."
        problems.note(connection, "message uncertain", str(friend.request_id), words, world.now)
    return friend


def status(friend: Friend) -> str:
    with friend.world.database.reading() as connection:
        return connection.scalars(
            select(Message.status).where(Message.id == friend.request_id)
        ).one()


def decide(admin: Browser, friend: Friend, what: str, **more: str) -> int:
    path = f"/problems/messages/{friend.request_id}"
    return admin.post(path, {"what": what, **more}).status_code


class TestDoubt:
    def test_is_shown_with_whom_and_what(self, admin: Browser, jo: Friend) -> None:
        page = admin.get("/problems").text
        assert "Was it sent?" in page
        assert spelled(jo.phone) in page
        assert page.count("Nobody could find out") == 1, "not noted once more below"

    def test_asking_again_sends_nothing(self, admin: Browser, jo: Friend) -> None:
        assert decide(admin, jo, "check again") == 303
        assert status(jo) == "unknown"
        assert jo.recorded == ["consent.requested"]
        with jo.world.database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(Problem)) == 0

    @pytest.mark.parametrize(
        ("what", "becomes"), [("send again", "queued"), ("give up", "failed"), ("sent", "sent")]
    )
    def test_a_decision_is_proved(
        self, admin: Browser, jo: Friend, what: str, becomes: str
    ) -> None:
        assert decide(admin, jo, what, sid=new_sid()) == 303
        assert status(jo) == becomes
        assert jo.recorded[-1] == "message.resolved"
        assert '"by":"admin@example.org"' in jo.links[-1].body.replace(" ", "")
        assert decide(admin, jo, what, sid=new_sid()) == 422

    def test_a_decision_that_makes_no_sense_decides_nothing(
        self, admin: Browser, jo: Friend
    ) -> None:
        assert decide(admin, jo, "sent", sid="nonsense") == 422
        assert decide(admin, jo, "dance") == 400
        assert status(jo) == "uncertain"


class TestNoted:
    def test_refused_webhooks_say_what_to_do_and_go_away(
        self, admin: Browser, world: World
    ) -> None:
        with world.database.writing() as connection:
            problems.note(connection, "webhook refused", "invalid", "Change it there.", world.now)
        assert "Change it there." in admin.get("/problems").text
        form = {"kind": "webhook refused", "subject": "invalid"}
        assert admin.post("/problems/dismiss", form).status_code == 303
        assert "Nothing to look at" in admin.get("/problems").text
        assert admin.post("/problems/dismiss", form).status_code == 404

    def test_what_another_organization_is_troubled_by_is_not_told(
        self, admin: Browser, jo: Friend, world: World
    ) -> None:
        with world.database.writing() as connection:
            words = "It stands still."
            problems.note(connection, "conversation stuck", str(jo.key[1]), words, world.now)
            there = "/problems/dismiss"
            form = {"kind": "conversation stuck", "subject": str(jo.key[1])}
        assert "It stands still." in admin.get("/problems").text
        rival = world.add_organization("Rival")
        with world.database.writing() as connection:
            connection.execute(update(Message).values(status="sent"))
            connection.execute(update(Problem).values(subject=str(rival)))
        page = admin.get("/problems").text
        assert "It stands still." not in page
        assert "(open)" not in page
        form["subject"] = str(rival)
        assert admin.post(there, form).status_code == 404

    def test_a_message_that_was_mistaken_is_its_owners_business(
        self, admin: Browser, jo: Friend, world: World
    ) -> None:
        ours, theirs = new_sid(), new_sid()
        with world.database.writing() as connection:
            connection.execute(update(Message).values(status="sent", sid=ours))
            for sid in (ours, theirs):
                problems.note(connection, "message mistaken", sid, f"Compare {sid}.", world.now)
        page = admin.get("/problems").text
        assert f"Compare {ours}." in page
        assert theirs not in page
        form = {"kind": "message mistaken", "subject": theirs}
        assert admin.post("/problems/dismiss", form).status_code == 404
        assert admin.post("/problems/dismiss", form | {"subject": ours}).status_code == 303

    def test_a_contact_who_could_not_be_asked_in_bulk_is_told(
        self, admin: Browser, world: World
    ) -> None:
        house = world.contact().house
        row = {"organization_id": world.organization_id, "id": new_id(), "status": "running"}
        row |= {"sender_id": house.sender_id, "asked_by": "ann", "basis": "form", "source": "all"}
        row |= {"due_at": world.now}
        with world.database.writing() as connection:
            insert_all(connection, Campaign, [row | {"created_at": world.now}])
            words = "This contact could not be asked."
            problems.note(connection, "bulk request", str(row["id"]), words, world.now)
        assert words in admin.get("/problems").text

    def test_strays_are_told_without_what_they_say(self, admin: Browser, world: World) -> None:
        form = {"To": "whatsapp:+15550009999", "From": "whatsapp:+4915112345670", "Body": "secret"}
        with world.database.writing() as connection:
            arrivals.keep_stray(connection, "SM1", "to none of our senders", form, world.now)
        page = admin.get("/problems").text
        assert "+1 555-000-9999</span> on WhatsApp" in page
        assert "secret" not in page
        assert "15112345670" not in page

    def test_reports_on_nobodys_messages_are_shown_until_they_are_done_with(
        self, admin: Browser, world: World
    ) -> None:
        sid = new_sid()
        with world.database.writing() as connection:
            lost = Callback("nobodys", sid, "undelivered", 30003, "")
            stray_reports.keep(connection, [lost], world.now)
        page = admin.get("/problems").text
        assert f"the last time on {sid}" in page
        assert f"<code>{sid}</code>" in page
        assert "Not delivered: The handset is switched off" in page
        form = {"kind": stray_reports.KIND, "subject": stray_reports.SUBJECT}
        assert admin.post("/problems/dismiss", form).status_code == 303
        page = admin.get("/problems").text
        assert sid not in page
        assert "Reports without a message" not in page

    def test_who_wrote_first_is_counted_and_a_click_away(
        self, admin: Browser, world: World
    ) -> None:
        assert "Who wrote first" not in admin.get("/problems").text
        world.keeps_strangers()
        world.contact("+4915100000000").says("hello")
        page = admin.get("/problems").text
        assert "1 person wrote to you before anybody asked them, and has not been asked" in page
        assert 'href="/contacts?state=wrote_first">See what they wrote</a>' in page
        world.contact("+4915100000001").says("hello")
        assert "2 people wrote to you" in admin.get("/problems").text

    def test_a_pause_is_told_and_ended(self, admin: Browser, world: World) -> None:
        with world.database.writing() as connection:
            pausing.pause(connection, "Twilio refused the credentials.", world.now)
        assert "Twilio refused the credentials." in admin.get("/problems").text
        assert admin.post("/problems/resume").status_code == 303
        with world.database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(Pause)) == 0

    def test_the_worker_is_missed_when_it_is_away(self, admin: Browser, world: World) -> None:
        assert "No worker has run yet" in admin.get("/problems").text
        with world.database.writing() as connection:
            insert_all(connection, Heartbeat, [{"name": "worker", "at": world.now, "words": ""}])
        assert "The worker sends messages" in admin.get("/problems").text
        world.passes(minutes=1)
        assert "has not been seen for a while" in admin.get("/problems").text


class TestSetup:
    def test_says_what_to_paste(self, admin: Browser) -> None:
        page = admin.get("/settings/setup").text
        assert "https://consent.example.org/twilio/inbound#rc=3&amp;rp=all" in page
        assert "the-auth-token" not in page
        assert "this is {{1}}" in page

    def test_ticks_follow_what_happens(self, admin: Browser, world: World) -> None:
        ticks = "/settings/setup/ticks"
        assert "No contact’s message has come by webhook yet" in admin.get(ticks).text
        friend = world.contact()
        friend.is_asked()
        friend.says("yes")
        world.passes(minutes=2)
        page = admin.get(ticks).text
        assert "A signed webhook brought a message" in page
        assert "2 minutes ago" in page
        assert "has no template" not in page
        admin.post("/settings", {"name": "Acme", "language": "ja"})
        page = admin.get(ticks).text
        assert "WhatsApp is not enabled" in page
        assert ">+1 555-000-1000 has no template" in page

    def test_looking_by_itself_keeps_nobody_signed_in(self, admin: Browser, world: World) -> None:
        for _ in range(5):
            world.passes(hours=2)
            answer = admin.get("/settings/setup/ticks", headers={"Sec-Fetch-Mode": "cors"})
        assert answer.status_code == 401
