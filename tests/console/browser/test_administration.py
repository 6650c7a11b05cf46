"""What an administrator does in a browser: looked at, clicked, and read by machines."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from bot import problems
from bot.messaging import stray_reports
from bot.messaging.forms import Callback
from bot.people import accounts, one_time_links, organizations
from bot.people.accounts import Member
from tests.console.browser.conftest import NARROW, House, Sits
from tests.console.conftest import add_member
from tests.world import new_sid

NOWHERE = "/nowhere"
PAGES = (
    "/account", "/password", "/account/second-step", "/settings", "/settings/senders",
    "/settings/senders/new", "/settings/senders/{sender}", "/settings/wording",
    "/settings/wording/ar/ask", "/settings/team",
    "/settings/team/{member}", "/settings/tokens", "/problems", "/settings/setup", NOWHERE,
)  # fmt: skip
ENTRANCE = ("/sign-in", "/sign-in/link/{link}")


@pytest.fixture(scope="session")
def places(house: House) -> dict[str, str]:
    """What stands in the addresses of pages; and something to see on each of them."""
    world = house.world
    jo = world.contact()
    jo.is_asked()
    with world.database.writing() as connection:
        words = "Change the address at Twilio, https://consent.example.org/twilio/inbound is ours."
        problems.note(connection, "webhook refused", "invalid", words, world.now)
        stray = Callback("nobodys", new_sid(), "undelivered", 30003, "")
        stray_reports.keep(connection, [stray], world.now)
        accounts.add_token(connection, world.organization_id, "crm", world.now)
        email = "somebody.with.a.long.name@subsidiary.example.org"
        accounts.add_user(connection, world.organization_id, email, "agent", world.now)
        wall = datetime.now(UTC)
        return {
            "sender": str(organizations.senders(connection, world.organization_id)[0].id),
            "member": str(house.members["agent"].id),
            "link": one_time_links.make(connection, house.members["auditor"].id, wall),
        }


def test_nothing_keeps_anybody_out(sits: Sits, places: dict[str, str]) -> None:
    found = {}
    for role, paths in (("admin", PAGES), (None, ENTRANCE)):
        desk = sits(role)
        for path in paths:
            desk.opens(path.format(**places), 404 if path == NOWHERE else 200)
            found[path] = desk.barriers()
    assert {path: barriers for path, barriers in found.items() if barriers} == {}


def test_a_phone_needs_no_scrolling_sideways(sits: Sits, places: dict[str, str]) -> None:
    wide = []
    for role, paths in (("admin", PAGES), (None, ENTRANCE)):
        desk = sits(role, size=NARROW)
        for path in paths:
            page = desk.opens(path.format(**places), 404 if path == NOWHERE else 200)
            wide += [path] if desk.too_wide() else []
            if path.startswith("/settings"):
                here = page.get_by_role("navigation", name="Settings").locator("[aria-current]")
                expect(here).to_be_in_viewport(ratio=1)
    assert wide == []


@pytest.fixture
def newcomer(house: House) -> tuple[Member, str]:
    """Somebody with a link."""
    stamp = datetime.now(UTC)
    member = add_member(house.world, "admin", email=f"new{stamp:%H%M%S%f}@example.org")
    with house.world.database.writing() as connection:
        return member, one_time_links.make(connection, member.id, stamp)


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_link_to_settings_and_out(
    sits: Sits, newcomer: tuple[Member, str], scripts: bool
) -> None:
    desk = sits(None, scripts=scripts)
    page = desk.opens(f"/sign-in/link/{newcomer[1]}")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("New password").fill("Password2026!")
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    if scripts:
        assert desk.barriers() == []
    page.get_by_label("New password").fill("seven orange lanterns")
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is changed")
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("radio", name=re.compile("Ask first")).check()
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    expect(page.get_by_role("radio", name=re.compile("Ask first"))).to_be_checked()
    page.locator("summary[aria-label^=You]").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_by_keyboard_alone(sits: Sits, newcomer: tuple[Member, str], house: House) -> None:
    member = newcomer[0]
    with house.world.database.writing() as connection:
        accounts.change_password(connection, member.id, "seven orange lanterns")
    page = sits(None).opens("/sign-in?next=/settings/team")
    page.keyboard.type(member.email)
    page.keyboard.press("Tab")
    page.keyboard.type("seven orange lanterns")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Team")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Organization")).to_be_focused()


def test_what_takes_away_is_asked_about(sits: Sits, places: dict[str, str]) -> None:
    desk = sits("admin")
    page = desk.opens(f"/settings/team/{places['member']}")
    page.get_by_role("button", name="Disable").click()
    dialog = page.get_by_role("dialog", name=re.compile("Disable agent@example.org"))
    expect(dialog.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    assert desk.barriers() == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Disable")).to_be_focused()
    page.get_by_role("button", name="Disable").click()
    dialog.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("status")).to_contain_text("is disabled")
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("status")).to_contain_text("may sign in again")


def test_light_and_dark_are_chosen_and_kept(sits: Sits) -> None:
    desk = sits("admin")
    page = desk.opens("/settings")
    page.get_by_role("button", name="Switch between light and dark").click()
    desk.opens("/account")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_ticks_are_looked_at_again_by_themselves(sits: Sits, house: House) -> None:
    desk = sits("auditor")
    page = desk.opens("/settings/setup")
    friend = house.world.contact("+4915112345671")
    friend.is_asked()
    friend.says("yes")
    expect(page.get_by_text("A signed webhook brought a message")).to_be_visible(timeout=30_000)
