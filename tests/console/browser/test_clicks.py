"""The console clicked through as an agent, in Chromium, before real processes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.acceptance.processes import eventually
from tests.acceptance.town import Contact
from tests.console.browser.clicking import Office, office

LIVE = 10_000
"""Milliseconds within which a page shows what happened, on a machine with much else to do."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Office]:
    """One office for all tests: each uses contacts of its own."""
    with office(tmp_path_factory.mktemp("office"), chromium) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _nothing_leaves_and_nothing_breaks(desk: Office) -> Iterator[None]:
    desk.outside.clear()
    desk.mistakes.clear()
    yield
    assert desk.outside == []
    assert desk.mistakes == []


@pytest.fixture
def page(desk: Office) -> Iterator[Page]:
    opened = desk.page()
    yield opened
    opened.context.close()


def press_whatsapp(desk: Office, page: Page, contact: Contact) -> None:
    page.goto(f"{desk.town.url}/contacts?q={contact.phone.removeprefix('+')}")
    page.get_by_role("link", name="WhatsApp:").click()


def ask(desk: Office, page: Page, contact: Contact) -> None:
    """Press the icon, choose the basis, confirm."""
    press_whatsapp(desk, page, contact)
    prompt = page.get_by_role("dialog")
    prompt.get_by_label("existing client").check()
    prompt.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/conversations/*")
    contact.conversation = page.url.rpartition("/")[2]


def sees(page: Page, words: str, milliseconds: int = 15_000) -> None:
    page.get_by_role("log").get_by_text(words).last.wait_for(timeout=milliseconds)


def field(page: Page) -> Locator:
    return page.get_by_label("Send message")


def height_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box
    return box["y"]


class TestFourOutcomes:
    def test_the_contact_accepts(self, desk: Office, page: Page) -> None:
        contact = desk.acme.contact()
        ask(desk, page, contact)
        sees(page, "You have sent the contact an opt-in request.")
        assert field(page).is_disabled()
        page.get_by_text("You can resend in").wait_for()
        contact.hears("ask")
        contact.writes("Yes")
        sees(page, "Your Contact has opted in. You may continue to send/receive messages.")
        field(page).fill("Welcome")
        field(page).press("Enter")
        sees(page, "Welcome", LIVE)
        expect(field(page)).to_have_value("")
        page.locator(".from-out", has_text="Welcome").get_by_text("Read").wait_for()
        assert contact.phone_shows[-1] == "Welcome"
        assert page.get_by_role("log").get_by_text("Welcome", exact=True).count() == 1

    def test_the_contact_refuses(self, desk: Office, page: Page) -> None:
        contact = desk.acme.contact()
        ask(desk, page, contact)
        contact.hears("ask")
        contact.writes("No")
        sees(page, "The contact has opted out. You can't send requests or messages")
        page.get_by_text("They can opt in again at any time by replying YES.").wait_for()
        assert field(page).is_disabled()
        assert page.get_by_role("button", name="Message templates").is_disabled()
        assert page.get_by_text("Resend Opt-In Request").count() == 0

    def test_the_contact_is_not_on_whatsapp(self, desk: Office, page: Page) -> None:
        contact = desk.acme.contact()
        desk.town.twilio.customer(contact.phone, reachable="not on WhatsApp")
        ask(desk, page, contact)
        question = page.get_by_role("group", name="Would you like to send an SMS instead?")
        question.wait_for(timeout=20_000)
        question.get_by_role("button", name="Yes").click()
        page.wait_for_function(f"!location.href.includes('{contact.conversation}')")
        page.locator("header.talk-head").get_by_text("SMS").wait_for()
        field(page).fill("Hello by SMS")
        page.get_by_role("button", name="Send").click()
        sees(page, "Hello by SMS")
        page.goto(desk.conversation(contact))
        question.get_by_role("link", name="No").click()
        page.wait_for_url("**/contacts")

    def test_the_contact_does_not_respond(self, desk: Office, page: Page) -> None:
        contact = desk.acme.contact()
        ask(desk, page, contact)
        contact.hears("ask")
        desk.town.advance(timedelta(hours=24))
        sees(page, "hasn't responded to the opt-in request for more than 24 hours.")
        page.get_by_role("button", name="Resend Opt-In Request").click()
        eventually(lambda: len(contact.lines("out", "ask")) == 2, "a second request")


class TestPrompt:
    def test_a_stray_enter_neither_sends_nor_cancels(self, desk: Office, page: Page) -> None:
        contact = desk.acme.contact()
        press_whatsapp(desk, page, contact)
        prompt = page.get_by_role("dialog")
        prompt.get_by_text("May we write to you here?").wait_for()
        page.keyboard.press("Enter")
        assert prompt.is_visible()
        prompt.get_by_role("button", name="Confirm").click()
        assert prompt.is_visible(), "a basis is needed"
        page.keyboard.press("Escape")
        expect(prompt).to_be_hidden()

    def test_a_double_click_sends_once(self, desk: Office, page: Page) -> None:
        contact = desk.acme.contact()
        press_whatsapp(desk, page, contact)
        page.get_by_role("dialog").get_by_label("in person").check()
        page.get_by_role("button", name="Confirm").dblclick()
        page.wait_for_url("**/conversations/*")
        contact.conversation = page.url.rpartition("/")[2]
        contact.hears("ask")
        assert len(contact.phone_shows) == 1

    def test_two_agents_ask_once(self, desk: Office, page: Page) -> None:
        contact = desk.acme.contact()
        other = desk.page("ben@example.org")
        for one in (page, other):
            press_whatsapp(desk, one, contact)
            one.get_by_role("dialog").get_by_label("on the phone").check()
        for one in (page, other):
            one.get_by_role("button", name="Confirm").click()
            one.wait_for_url("**/conversations/*")
        other.get_by_text("Nothing was sent. A request is out").wait_for()
        contact.conversation = page.url.rpartition("/")[2]
        contact.hears("ask")
        assert len(contact.phone_shows) == 1
        other.context.close()

    def test_without_scripts_it_is_a_page(self, desk: Office) -> None:
        contact = desk.acme.contact()
        plain = desk.page(java_script_enabled=False)
        press_whatsapp(desk, plain, contact)
        plain.get_by_label("existing client").check()
        plain.get_by_role("button", name="Confirm").click()
        plain.get_by_text("You have sent the contact an opt-in request.").wait_for()
        plain.context.close()


def opted_in(desk: Office, page: Page) -> Contact:
    """A contact who said yes, and the page of the conversation."""
    contact = desk.acme.contact()
    contact.is_asked()
    contact.hears("ask")
    contact.writes("yes")
    contact.becomes("opted_in")
    page.goto(desk.conversation(contact))
    page.get_by_text("Live", exact=True).wait_for()
    return contact


class TestFiles:
    PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 100

    def test_a_picture_is_sent_once_and_twilio_can_fetch_it(self, desk: Office, page: Page) -> None:
        contact = opted_in(desk, page)
        chosen = {"name": "menu.png", "mimeType": "image/png", "buffer": self.PICTURE}
        page.get_by_label("Attach a file").set_input_files(chosen)  # type: ignore[arg-type]
        page.get_by_text("menu.png, 1 kB").wait_for()
        contact.writes("Hello?")
        sees(page, "Hello?", LIVE)
        assert page.get_by_text("menu.png, 1 kB").is_visible(), "what happens meanwhile keeps it"
        field(page).fill("Our menu")
        page.get_by_role("button", name="Send", exact=True).dblclick()
        sees(page, "Our menu", LIVE)
        page.get_by_role("img", name="menu.png").wait_for()
        expect(page.get_by_text("menu.png, 1 kB")).to_be_hidden()
        eventually(lambda: contact.phone_shows[-1] == "Our menu", "the phone shows it")
        [sent] = [one for one in desk.town.twilio.messages if one["shown"] == "Our menu"]
        [address] = sent["media_urls"]
        assert requests.get(address, timeout=30).content == self.PICTURE


class TestLive:
    def test_a_new_message_shows_by_itself(self, desk: Office, page: Page) -> None:
        contact = opted_in(desk, page)
        contact.writes("Good morning")
        sees(page, "Good morning", LIVE)

    def test_a_stale_tab_gets_the_reason_and_keeps_the_text(self, desk: Office, page: Page) -> None:
        contact = opted_in(desk, page)
        page.route("**/lines*", lambda route: route.abort())
        field(page).fill("Are you there?")
        contact.writes("STOP")
        contact.becomes("opted_out")
        field(page).press("Enter")
        page.get_by_text("Your message was not sent. The contact has opted out").wait_for()
        assert field(page).input_value() == "Are you there?"
        sees(page, "The contact has opted out.")
        assert "Are you there?" not in contact.phone_shows

    def test_who_reads_above_is_not_moved(self, desk: Office, page: Page) -> None:
        contact = opted_in(desk, page)
        for place in range(30):
            contact.writes(f"line {place}")
        sees(page, "line 29")
        middle = page.get_by_text("line 10", exact=True)
        middle.scroll_into_view_if_needed()
        before = height_of(middle)
        contact.writes("and one more")
        newer = page.get_by_role("button", name="1 new below")
        newer.wait_for(timeout=LIVE)
        assert abs(height_of(middle) - before) < 2
        newer.click()
        assert height_of(page.get_by_text("and one more")) < 700
        expect(newer).to_be_hidden()

    def test_a_draft_survives_a_reload_and_a_lost_connection(
        self, desk: Office, page: Page
    ) -> None:
        opted_in(desk, page)
        field(page).fill("half a sen")
        page.reload()
        expect(field(page)).to_have_value("half a sen")
        page.context.set_offline(True)
        page.get_by_text("Reconnecting").wait_for()
        field(page).press("Enter")
        page.get_by_text("Your text is kept.").wait_for()
        assert field(page).input_value() == "half a sen"
        page.context.set_offline(False)
        page.get_by_text("Live", exact=True).wait_for()


class TestKeys:
    def test_by_keyboard_alone(self, desk: Office, page: Page) -> None:
        first, second = desk.acme.contact(), desk.acme.contact()
        second.is_asked()
        page.goto(f"{desk.town.url}/contacts")
        page.keyboard.press("/")
        page.keyboard.type(second.phone.removeprefix("+"))
        page.keyboard.press("Enter")
        page.wait_for_url("**q=*")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/conversations/*")
        page.keyboard.press("?")
        page.get_by_role("heading", name="Keys").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_url("**/contacts")
        page.goto(f"{desk.town.url}/contacts?q={first.phone.removeprefix('+')}")
        page.keyboard.press("j")
        page.keyboard.press("r")
        page.get_by_role("dialog").get_by_text("Send an Opt-In message").wait_for()
