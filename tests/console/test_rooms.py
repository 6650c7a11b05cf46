"""Contacts and conversations as agents see them, without scripts."""

from __future__ import annotations

import re
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask

from bot.console.numbers import spelled
from bot.conversations import engine
from bot.conversations.engine import Failed
from bot.people import organizations
from tests.console.conftest import Browser, add_member, signed_in
from tests.world import Friend, World

YES = {"basis": "client"}


def talk(friend: Friend) -> str:
    return f"/conversations/{friend.key[1]}"


def person(friend: Friend) -> str:
    return f"/contacts/{friend.now.contact_id}"


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


class TestContacts:
    def test_nobody_yet(self, agent: Browser) -> None:
        assert "No contacts yet" in agent.get("/contacts").text

    def test_adding_finding_changing(self, agent: Browser) -> None:
        answer = agent.post("/contacts/new", {"name": "Ana Ruiz", "phone": "+49 151 12345678"})
        assert answer.status_code == 303
        page = agent.get(answer.location).text
        assert "Ana Ruiz" in page
        assert "+49 1511 2345678" in page
        contact = re.search(r"/contacts/([0-9a-f-]{36})\"", page)
        assert contact
        agent.post(f"/contacts/{contact[1]}", {"name": "Anna Ruiz", "language": "de"})
        assert "Anna Ruiz" in agent.get("/contacts?q=anna").text
        assert "Nobody found" in agent.get("/contacts?q=xavier").text

    def test_kept_people_who_wrote_first_are_found(self, agent: Browser, world: World) -> None:
        chip = '<a class="chip" href="/contacts?state=wrote_first"'
        assert chip not in agent.get("/contacts").text
        world.keeps_strangers()
        assert chip in agent.get("/contacts").text
        assert "in the state Wrote first" in agent.get("/contacts?state=wrote_first").text
        world.contact("+4915100000000").says("Hello there")
        world.contact("+4915100000001")
        page = agent.get("/contacts?state=wrote_first").text
        assert page.count('<li class="person">') == 1
        assert "Hello there" in page
        assert "Wrote first</option>" in agent.get("/bulk/new").text

    @pytest.mark.parametrize(("name", "phone"), [("", "+4915112345678"), ("Jo", "12"), ("Jo", "")])
    def test_what_cannot_be_kept_stays_in_the_form(
        self, agent: Browser, name: str, phone: str
    ) -> None:
        answer = agent.post("/contacts/new", {"name": name, "phone": phone})
        assert answer.status_code == 422
        assert f'value="{name or phone}"' in answer.text
        assert f'id="field-{"phone" if name else "name"}-error"' in answer.text

    def test_a_number_that_is_there_leads_to_its_contact(
        self, agent: Browser, world: World
    ) -> None:
        friend = world.contact()
        answer = agent.post("/contacts/new", {"name": "Jo", "phone": friend.phone})
        assert answer.status_code == 409
        assert person(friend) in answer.text

    def test_chips_filter_by_state(self, agent: Browser, world: World) -> None:
        world.contact("+4915112345671").is_asked()
        world.contact("+4915112345672")
        page = agent.get("/contacts?state=requested").text
        assert page.count('class="person"') == 1
        assert "Waiting" in page
        assert "Nobody found" in agent.get("/contacts?state=opted_out").text

    def test_a_spoilt_cursor_begins_anew(self, agent: Browser) -> None:
        assert agent.get("/contacts?after=nonsense").status_code == 303

    def test_without_whatsapp_there_is_no_button_and_the_page_says_why(
        self, app: Flask, world: World
    ) -> None:
        other = world.add_organization("Bolt", "whatsapp:+15550009999")
        with world.database.writing() as connection:
            organizations.change(connection, other, whatsapp=False)
        browser = signed_in(app, world, add_member(world, "agent", other))
        browser.post("/contacts/new", {"name": "Jo", "phone": "+4915112345678"})
        page = browser.get("/contacts").text
        assert "WhatsApp is not enabled for your organization" in page
        assert "/whatsapp" not in page

    def test_auditors_look_and_cannot_write(self, auditor: Browser, world: World) -> None:
        friend = world.contact()
        assert "Add contact" not in auditor.get("/contacts").text
        assert auditor.get("/contacts/new").status_code == 403
        assert auditor.post(f"{person(friend)}/whatsapp", YES).status_code == 403
        assert auditor.post(f"{talk(friend)}/messages", {"text": "x"}).status_code == 403
        assert "Auditors can look" in auditor.get(talk(friend)).text


class TestImport:
    FILE = (
        "name,phone,language\n"
        "Ana,+4915112345678,de\n"
        ",+491,\n"
        "Bo,+4915112345679,en\n"
        "C,+4915112345679\n"
    )

    def upload(self, browser: Browser, text: str) -> str:
        form = {"file": (BytesIO(text.encode()), "people.csv")}
        return browser.post("/contacts/import", form, content_type="multipart/form-data").text

    def test_a_file_is_shown_before_it_is_taken_in(self, agent: Browser) -> None:
        page = self.upload(agent, self.FILE)
        assert "Add 2 contacts" in page
        assert "The name is missing." in page
        assert "stands in line 4 already" in page
        assert "No contacts yet" in agent.get("/contacts").text
        answer = agent.post("/contacts/import", {"confirmed": "yes", "text": self.FILE})
        assert "2 contacts were added" in agent.get(answer.location).text
        assert "There already" in self.upload(agent, self.FILE)

    def test_a_file_without_columns_is_refused_in_words(self, agent: Browser) -> None:
        assert "must name the columns" in self.upload(agent, "hello\n")
        assert "not empty" in self.upload(agent, "")


class TestPrompt:
    def test_it_shows_what_the_contact_will_read(self, agent: Browser, world: World) -> None:
        page = agent.get(f"{person(world.contact())}/whatsapp").text
        assert "Send an Opt-In message to Jo?" in page
        assert "May we write to you here?" in page
        assert "English (en)" in page
        assert "existing client" in page

    def test_confirm_asks_once_however_often_it_comes(self, agent: Browser, world: World) -> None:
        friend = world.contact()
        key = key_in(agent.get(f"{person(friend)}/whatsapp").text)
        for _ in range(2):
            answer = agent.post(f"{person(friend)}/whatsapp", YES | {"key": key})
            assert answer.location == talk(friend)
        assert friend.heard == ["ask"]
        assert friend.now.basis == "They are an existing client"
        assert friend.now.asked_by == "agent@example.org"
        page = agent.get(talk(friend)).text
        assert "Nothing was sent" not in page
        assert "Today, 12:00 PM" in page

    @pytest.mark.parametrize("form", [{}, {"basis": "none"}, {"basis": "other"}])
    def test_a_basis_is_needed(self, agent: Browser, world: World, form: dict[str, str]) -> None:
        friend = world.contact()
        answer = agent.post(f"{person(friend)}/whatsapp", form)
        assert answer.status_code == 422
        assert friend.heard == []

    def test_two_agents_ask_one_contact_once(
        self, app: Flask, world: World, agent: Browser
    ) -> None:
        friend = world.contact()
        second = signed_in(app, world, add_member(world, email="second@example.org"))
        agent.post(f"{person(friend)}/whatsapp", YES | {"key": "a"})
        answer = second.post(f"{person(friend)}/whatsapp", YES | {"key": "b"})
        page = second.get(answer.location).text
        assert "Nothing was sent. A request is out and has not been answered." in page
        assert friend.heard == ["ask"]

    def test_who_was_asked_is_led_to_the_conversation(self, agent: Browser, world: World) -> None:
        friend = world.contact()
        friend.is_asked()
        assert agent.get(f"{person(friend)}/whatsapp").location == talk(friend)


class TestConversation:
    def test_waiting_says_until_when(self, agent: Browser, world: World) -> None:
        friend = world.contact()
        friend.is_asked()
        world.passes(minutes=48)
        page = agent.get(talk(friend)).text
        assert "You have sent the contact an opt-in request." in page
        assert ">23 h 12 min<" in page
        assert re.search(r'<textarea id="text"[^>]* disabled>', page)

    def test_opted_in_opens_the_composer(self, agent: Browser, world: World) -> None:
        friend = world.contact()
        friend.is_asked()
        friend.says("yes")
        page = agent.get(talk(friend)).text
        assert "Your Contact has opted in. You may continue to send/receive messages." in page
        assert re.search(r"Free text until <time[^>]*>tomorrow, 12:00 PM</time> \(another", page)
        answer = agent.post(f"{talk(friend)}/messages", {"text": "Hello", "key": key_in(page)})
        assert answer.status_code == 303
        agent.post(f"{talk(friend)}/messages", {"text": "Hello", "key": key_in(page)})
        assert friend.heard.count("text") == 1

    def test_outside_the_window_templates_alone_are_open(self, app: Flask, world: World) -> None:
        friend = world.contact()
        friend.is_asked()
        friend.says("yes")
        world.passes(hours=24)
        agent = signed_in(app, world, add_member(world, email="later@example.org"))
        page = agent.get(talk(friend)).text
        assert "Send a template." in page
        assert f'href="{talk(friend)}/templates"' in page
        answer = agent.post(f"{talk(friend)}/messages", {"text": "Hello"})
        assert answer.status_code == 409
        assert "Your message was not sent." in answer.text

    def test_silence_offers_the_request_again(self, app: Flask, world: World) -> None:
        friend = world.contact()
        friend.is_asked()
        world.passes(hours=24)
        world.expire()
        agent = signed_in(app, world, add_member(world, email="later@example.org"))
        page = agent.get(talk(friend)).text
        assert "hasn&#39;t responded to the opt-in request for more than 24 hours" in page
        agent.post(f"{talk(friend)}/resend", {"key": key_in(page)})
        assert friend.heard == ["ask", "ask"]
        assert friend.now.basis == "existing client"

    def test_another_owner_of_the_number_is_told_where_either_is_met(
        self, agent: Browser, world: World
    ) -> None:
        jo = world.contact()
        jo.says("hello", user_id="DE.1111")
        before = person(jo)
        jo.says("hello", user_id="DE.2222")
        assert "This number belongs to somebody else now" in agent.get(talk(jo)).text
        former = re.search(r"/conversations/[0-9a-f-]{36}", agent.get(before).text)
        assert former
        assert "number belongs to somebody else now and was taken" in agent.get(former[0]).text

    def test_a_stale_tab_gets_the_reason_and_keeps_the_text(
        self, agent: Browser, world: World
    ) -> None:
        friend = world.contact()
        friend.is_asked()
        friend.says("yes")
        agent.get(talk(friend))
        friend.says("STOP")
        answer = agent.post(f"{talk(friend)}/messages", {"text": "Are you there?"})
        assert answer.status_code == 409
        assert "was not sent. The contact has opted out" in answer.text
        assert "Are you there?</textarea>" in answer.text
        assert "can opt in again at any time by replying YES" in answer.text
        assert "Resend Opt-In Request" not in answer.text
        assert "text" not in friend.heard

    @pytest.mark.parametrize("text", ["", "  ", "x" * 1601])
    def test_nothing_and_too_much_are_not_sent(
        self, agent: Browser, world: World, text: str
    ) -> None:
        friend = world.contact()
        friend.is_asked()
        friend.says("yes")
        assert agent.post(f"{talk(friend)}/messages", {"text": text}).status_code == 422

    def test_somebody_who_may_be_the_same_is_shown_and_not_joined(
        self, agent: Browser, world: World
    ) -> None:
        one, other = world.contact("+525512345678"), world.contact("+5215512345678")
        page = agent.get(f"/contacts/{one.now.contact_id}").text
        assert "Perhaps the same person" in page
        assert f"/contacts/{other.now.contact_id}" in page
        assert spelled("+5215512345678") in page
        one.says("hello", user_id="MX.1349")
        page = agent.get(f"/contacts/{one.now.contact_id}").text
        assert "MX.1349" in page
        assert "Perhaps" not in agent.get(f"/contacts/{world.contact().now.contact_id}").text

    def test_an_sms_is_counted_in_parts(self, agent: Browser, world: World) -> None:
        friend = world.contact(channel="sms")
        page = agent.get(talk(friend)).text
        assert "Your first message brings along who writes and how to stop." in page
        assert "One SMS holds 160 characters" in page
        answer = agent.post(f"{talk(friend)}/messages", {"text": "“" + "x" * 1600})
        assert answer.status_code == 422
        assert "Sent as 24 SMS parts: “ leaves room for 67" in answer.text

    def test_an_opt_out_that_came_another_way(self, agent: Browser, world: World) -> None:
        friend = world.contact()
        friend.is_asked()
        assert agent.post(f"{talk(friend)}/withdraw", {"reason": " "}).status_code == 422
        agent.post(f"{talk(friend)}/withdraw", {"reason": "by phone"})
        assert friend.state == "opted_out"
        page = agent.get(talk(friend)).text
        assert "Enter an opt-out" not in page

    def test_not_on_whatsapp_asks_about_sms(self, agent: Browser, world: World) -> None:
        friend = world.contact()
        friend.is_asked()
        failed = Failed(friend.key, friend.request_id, "unreachable", 63024, "Not on WhatsApp.")
        with world.database.writing() as connection:
            engine.fail(connection, [failed], world.now)
        page = agent.get(talk(friend)).text
        assert "Would you like to send an SMS instead?" in page
        answer = agent.post(f"{person(friend)}/sms/open")
        page = agent.get(answer.location).text
        assert "SMS" in page
        assert "Message templates" not in page

    def test_earlier_lines_are_a_click_away(self, agent: Browser, world: World) -> None:
        friend = world.contact()
        friend.is_asked()
        friend.says("yes")
        for place in range(120):
            friend.says(f"number {place} of many")
        page = agent.get(talk(friend)).text
        assert "number 1 of many" not in page
        assert "number 119 of many" in page
        assert "number 1 of many" in agent.get(f"{talk(friend)}?since=0").text

    @pytest.mark.parametrize("end", ["", "/lines", "/templates"])
    def test_another_organizations_conversation_does_not_exist(
        self, app: Flask, world: World, end: str
    ) -> None:
        friend = world.contact()
        other = world.add_organization("Bolt", "whatsapp:+15550009999")
        stranger = signed_in(app, world, add_member(world, "admin", other))
        assert stranger.get(talk(friend) + end).status_code == 404
        assert stranger.get(person(friend)).status_code == 404
        assert stranger.get(f"{person(friend)}/whatsapp").status_code == 404
        for path in ("messages", "resend", "withdraw", "templates"):
            form = {"text": "x", "reason": "x", "sid": "HX" + "1" * 32}
            assert stranger.post(f"{talk(friend)}/{path}", form).status_code == 404
        assert friend.state == "new"


PART = {"X-Part": "live", "Sec-Fetch-Mode": "cors"}


class TestLive:
    def test_nothing_new_costs_nothing_to_send(self, agent: Browser, world: World) -> None:
        friend = world.contact()
        friend.is_asked()
        first = agent.get(f"{talk(friend)}/lines?since=0", headers=PART)
        mark = {"If-None-Match": first.headers["ETag"]}
        again = agent.get(f"{talk(friend)}/lines?since=0", headers=PART | mark)
        assert (again.status_code, again.data) == (304, b"")

    @pytest.mark.parametrize("what", ["said", "window", "due"])
    def test_what_changed_is_sent(
        self, app: Flask, agent: Browser, world: World, what: str
    ) -> None:
        friend = world.contact()
        friend.is_asked()
        if what == "window":
            friend.says("yes")
        first = agent.get(f"{talk(friend)}/lines?since=0", headers=PART)
        if what == "said":
            friend.says("yes")
        else:
            world.passes(hours=24)
        later = signed_in(app, world, add_member(world, email="later@example.org"))
        mark = {"If-None-Match": first.headers["ETag"]}
        again = later.get(f"{talk(friend)}/lines?since=0", headers=PART | mark)
        assert again.status_code == 200
        assert "data-log" in again.text

    def test_a_conversation_that_is_none(self, agent: Browser) -> None:
        assert agent.get(f"/conversations/{UUID(int=1)}/lines").status_code == 404
