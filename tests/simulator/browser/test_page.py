"""The page as a person uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from bot.simulator.faults import FAULTS
from bot.simulator.play import PATIENCE
from bot.simulator.scenarios import SCENARIOS
from tests.acceptance.processes import eventually
from tests.browsers import barriers_in_both_themes
from tests.simulator.house import House

THINGS = (
    ("Photo", "Photo", "image/jpeg"),
    ("Voice note", "Voice note", "audio/ogg"),
    ("Document", "yes.pdf", "application/pdf"),
    ("Contact", "Contact card", "text/vcard"),
    ("Location", "Location", "Brandenburg Gate"),
)


@pytest.fixture(autouse=True)
def calm(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    house: House = request.getfixturevalue("house")
    house.stand_in.delete("/chaos")
    eventually(lambda: is_over(house), "what a test has begun to play ends", 3 * PATIENCE)
    house.stand_in.post("/clock", reset=True)


def is_over(house: House) -> bool:
    return all(run["status"] != "running" for run in house.stand_in.get("/scenarios")["runs"])


def play(page: Page, name: str) -> Locator:
    """Play a scenario; the place where its run will be shown, and until then the one before it."""
    with page.expect_response("**/control/scenarios/*") as begun:
        page.click(f'[data-scenario="{name}"]')
    return page.locator(f'#run[data-number="{begun.value.json()["number"]}"]')


def ends_well(run: Locator) -> None:
    expect(run).to_have_attribute(
        "data-status", re.compile("done|failed"), timeout=2_000 * PATIENCE
    )
    assert run.get_attribute("data-status") == "done", run.inner_text()
    expect(run).to_contain_text("ended as it should")


def take(page: Page, name: str) -> None:
    """Take somebody's phone into the hand."""
    page.click("#stranger summary")
    page.fill("#stranger-name", name)
    page.click("#stranger-form button")
    expect(page.locator("#owner")).to_contain_text(name)


def faults(house: House) -> dict[str, Any]:
    return {one["fault"]: one for one in house.stand_in.get("/chaos")["in_force"]}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_one_click(page: Page, name: str) -> None:
    run = play(page, name)

    ends_well(run)
    expect(run).to_contain_text("Asked +1202555")
    expect(page.locator("#exchanges > li").first).to_be_visible()


def is_set_for_the_next(page: Page, house: House, fault: str) -> bool:
    """Press a switch until its fault is in force: the worker's own requests may use it up first."""
    row = page.locator(f'[data-fault="{fault}"]')
    for _ in range(5):
        row.get_by_role("button", name="Next").click()
        with suppress(TimeoutError):
            page.locator(f'[data-fault="{fault}"].on').wait_for(timeout=3_000)
            if found := faults(house).get(fault):
                return (found["next"], found["probability"]) == (1, None)
    return False


def test_every_chaos_switch_does_what_it_says(page: Page, house: House) -> None:
    for fault in FAULTS:
        row = page.locator(f'[data-fault="{fault}"]')
        assert is_set_for_the_next(page, house, fault)
        row.locator("select").select_option("0")
        expect(row).not_to_have_class("on")
        row.locator("select").select_option("0.5")
        expect(row).to_have_class("on")
        assert faults(house)[fault]["probability"] == 0.5
    assert faults(house).keys() == FAULTS.keys()
    assert faults(house)["hang"]["seconds"] == 20

    page.click("#calm")

    expect(page.locator("#chaos-state")).to_have_text("No fault is in force.")
    assert faults(house) == {}


def test_bad_weather_is_one_click(page: Page, house: House) -> None:
    page.click("#storm")

    expect(page.locator("#chaos-state")).to_contain_text("12 in force")
    assert faults(house).keys() == FAULTS.keys() - {"401"}


def test_a_fault_that_struck_is_seen_on_the_wire(page: Page, house: House) -> None:
    assert is_set_for_the_next(page, house, "500_created")
    run = play(page, "opted_in")

    expect(page.locator("#exchanges > li[data-failed] .status").first).to_have_text("500")
    ends_well(run)


def test_a_person_answers_by_hand(page: Page) -> None:
    take(page, "+12025554001")
    expect(page.locator("#conversation")).to_have_class("empty")
    page.fill("#text", "Hello there")
    page.press("#text", "Enter")
    expect(page.locator(".bubble.own")).to_contain_text("Hello there")
    expect(page.locator(".bubble.own .foot")).to_contain_text("the server answered 200")

    request = page.locator(".bubble:not(.own)").first
    expect(request).to_contain_text("May we write to you here?")
    request.get_by_role("button", name="Yes", exact=True).click()

    expect(page.locator(".bubble.own").last).to_contain_text("Yes")
    expect(page.locator(".bubble:not(.own)").last).to_contain_text("opted in to messages")
    expect(page.locator(".bubble:not(.own) .foot").last).to_contain_text("read")


def test_a_person_sends_something_else(page: Page) -> None:
    take(page, "+12025554002")
    webhooks = page.locator("#exchanges > li", has_text="POST /twilio/inbound")
    for count, (button, shown, field) in enumerate(THINGS, start=1):
        before = webhooks.first.get_attribute("data-number") if webhooks.count() else ""
        page.locator(".attach").get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".bubble.own")).to_have_count(count)
        expect(page.locator(".bubble.own").last).to_contain_text(shown)
        expect(webhooks.first).not_to_have_attribute("data-number", before or "")
        webhooks.first.locator("summary").click()
        expect(webhooks.first.locator(".form")).to_contain_text(field)


def test_a_person_writes_by_sms(page: Page, house: House) -> None:
    take(page, "+12025554003")
    page.get_by_role("radio", name="SMS").check(force=True)
    page.fill("#text", "hello by SMS")
    page.click("#composer button[type=submit]")

    expect(page.locator(".bubble.own .foot").last).to_contain_text("SMS")
    last = house.stand_in.get("/messages?customer=%2B12025554003")["messages"][0]
    assert last["from"] == "+12025554003"


def test_a_person_without_a_number(page: Page, house: House) -> None:
    take(page, "US.998877665544")
    expect(page.get_by_role("radio", name="SMS")).to_be_disabled()
    page.fill("#text", "hello")
    page.press("#text", "Enter")

    expect(page.locator(".bubble.own")).to_contain_text("hello")
    webhook = page.locator("#exchanges > li", has_text="POST /twilio/inbound").first
    webhook.locator("summary").click()
    expect(webhook.locator(".form")).to_contain_text("whatsapp:US.998877665544")


@pytest.mark.parametrize(
    ("reach", "shown"),
    [
        ("not on WhatsApp", "Did not arrive: 63003"),
        ("blocked us", "On its way: sent"),
        ("phone off", "On its way: sent"),
    ],
)
def test_a_phone_that_cannot_be_reached(page: Page, house: House, reach: str, shown: str) -> None:
    phone = f"+1202555{4100 + len(reach)}"
    take(page, phone)
    page.click("#person summary")
    page.select_option("#reachable", reach)
    expect(page.locator("#person summary")).to_contain_text(reach)
    contact = house.api("POST", "/contacts", {"name": "Jo", "phone": phone}).json()
    house.api("POST", f"/contacts/{contact['id']}/opt-in", {"basis": "asked to"})

    expect(page.locator(".away")).to_contain_text(shown)
    if reach == "phone off":
        page.select_option("#reachable", "everywhere")
        expect(page.locator(".bubble")).to_contain_text("May we write to you here?")


def test_read_receipts_can_be_switched_off(page: Page) -> None:
    take(page, "+12025554200")
    page.click("#person summary")
    page.uncheck("#read-receipts")
    page.fill("#text", "hello")
    page.press("#text", "Enter")

    expect(page.locator(".bubble:not(.own) .foot")).to_contain_text("delivered")


def test_the_time_moves(page: Page, house: House) -> None:
    page.get_by_role("button", name="+1 h").click()
    expect(page.locator("#ahead")).to_contain_text("1 h ahead")
    page.get_by_role("button", name="+1 min").click()
    expect(page.locator("#ahead")).to_contain_text("1 h 1 min ahead")
    page.get_by_role("button", name="+24 h").click()
    expect(page.locator("#ahead")).to_contain_text("1 d 1 h ahead")

    page.get_by_role("button", name="Real time").click()
    expect(page.locator("#ahead")).to_have_text("Both clocks show the same.")
    assert house.stand_in.get("/clock")["ahead_seconds"] == 0


def test_the_next_deadline_is_one_click(page: Page, house: House) -> None:
    house.passes_every_deadline()  # the page names the first few alone
    take(page, "+12025554300")
    page.fill("#text", "hello")
    page.press("#text", "Enter")
    expect(page.locator("#deadlines")).to_contain_text("+12025554300")
    count = len(house.stand_in.get("/deadlines")["deadlines"])

    for _ in range(count):
        with page.expect_response("**/control/clock"):
            page.get_by_role("button", name="Next deadline").click()

    expect(page.locator("#fired")).to_contain_text("requested → no_answer")
    page.get_by_role("button", name="Real time").click()


def test_nothing_is_due(page: Page, house: House) -> None:
    house.passes_every_deadline()
    page.get_by_role("button", name="Next deadline").click()

    expect(page.locator("#trouble")).to_contain_text("Nothing is due")


def test_a_webhook_is_sent_again_from_the_wire(page: Page) -> None:
    take(page, "+12025554400")
    page.fill("#text", "hello <b>wire</b>")
    page.press("#text", "Enter")
    expect(page.locator(".bubble.own .foot").last).to_contain_text("the server answered 200")
    page.fill("#wire-search", "twilio/inbound")
    webhook = page.locator("#exchanges > li:visible").first
    webhook.locator("summary").click()
    expect(webhook.locator(".form")).to_contain_text("hello <b>wire</b>")
    number = webhook.get_attribute("data-number")
    same = page.locator(f'#exchanges > li[data-number="{number}"]')

    same.get_by_role("button", name="Resend", exact=True).click()
    expect(same.locator(".result")).to_contain_text("Answered 200")
    for spoilt in ("Resend tampered", "Wrong signature", "No signature"):
        same.get_by_role("button", name=spoilt).click()
        expect(same.locator(".result")).to_contain_text("Answered 403")
    same.get_by_role("button", name="Copy as curl").click()
    expect(same.locator(".result")).to_contain_text("curl -i -X POST")
    expect(page.locator(".verdict.tampered").first).to_be_visible()

    page.fill("#wire-search", "")
    page.select_option("#wire-kind", "failed")
    expect(page.locator("#exchanges > li:visible .status").first).to_have_text("403")


def test_numbers_with_a_meaning_are_taken_with_a_click(page: Page) -> None:
    page.click(".numbers summary")
    page.fill("#number-search", "63016")
    page.locator("#numbers button").first.click()

    expect(page.locator("#owner")).to_contain_text("+15005563016")


def test_starting_afresh_asks_first(page: Page, house: House) -> None:
    page.click("#start-afresh")
    page.locator("dialog").get_by_role("button", name="Cancel").click()
    assert house.stand_in.get("/messages")["messages"]


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "light"), (375, "dark"), (800, "light"), (1280, "dark")]
)
def test_nothing_sticks_out(chromium: Browser, house: House, width: int, scheme: str) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 812},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(f"{house.stand_in.url}/simulator")
    page.wait_for_selector("#connection.good")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    send = page.locator("#composer button[type=submit]").bounding_box()
    assert send
    assert send["x"] + send["width"] <= width, "cut off inside of the phone"
    context.close()


def test_everything_can_be_reached_by_keyboard_and_has_a_name(page: Page) -> None:
    nameless = page.evaluate(
        """[...document.querySelectorAll("button, input, select, a, summary, [tabindex='0']")]
          .filter((one) => one.checkVisibility() && !(one.textContent.trim() || one.ariaLabel
            || one.labels?.length || one.placeholder))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.dataset.scenario")
    assert focused in SCENARIOS
    assert re.fullmatch(r"en", page.evaluate("document.documentElement.lang"))


def test_nobody_is_shut_out(page: Page) -> None:
    """What axe can find: contrast, names, roles, order of headings."""
    page.click(".numbers summary")
    page.locator("#exchanges summary").first.click()
    assert barriers_in_both_themes(page) == []
