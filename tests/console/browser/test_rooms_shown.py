"""Rooms of the console as they are shown: to everybody, in light and dark, wide and narrow."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from bot.console.sms import parts
from bot.conversations import engine
from bot.conversations.engine import Failed
from bot.people import organizations
from tests.campaigns.crowd import Crowd, numbers
from tests.console.browser.conftest import House, Sits
from tests.world import TEMPLATE, Friend, World

SMALLEST = (320, 640)
AS_KEPT = re.compile(r"(?<!like )\+\d{7,}")
"""A number as the database has it, where it is no example of how to write one."""


@pytest.fixture(scope="module")
def rooms(house: House) -> dict[str, str]:
    """The address of a page for each state that it can be in."""
    world = house.world
    friends = {
        name: world.contact(f"+49160123450{place}")
        for place, name in enumerate(("waiting", "in", "out", "absent", "unasked"))
    }
    for name in ("waiting", "in", "out", "absent"):
        friends[name].is_asked()
    friends |= of_yesterday(house)
    friends["in"].says("Yes")
    friends["in"].says("a picture", media=({"url": "https://x.example/1", "type": "image/png"},))
    friends["out"].says("NO")
    lose(friends["absent"])
    person = f"/contacts/{friends['unasked'].now.contact_id}"
    friends["sms"] = free_to_hear(world)
    talks = {name: f"/conversations/{friend.key[1]}" for name, friend in friends.items()}
    return talks | {
        "contacts": "/contacts",
        "nobody": "/contacts?q=zzz",
        "new": "/contacts/new",
        "change": person,
        "import": "/contacts/import",
        "prompt": f"{person}/whatsapp",
        "pick": f"{talks['in']}/templates",
        "picked": f"{talks['in']}/templates?sid={TEMPLATE}",
        "evidence": f"{talks['out']}/evidence",
        "verified": f"{talks['in']}/evidence?verify=1",
        "templates": "/templates",
        "consents": "/contacts/consents",
        "bulk": "/bulk",
        "bulk new": "/bulk/new?whom=found&state=no_answer",
        "bulk running": f"/bulk/{asked_at_once(world)}",
        "report": "/report",
        "no report": "/report?to=2020-01-01",
    }


def free_to_hear(world: World) -> Friend:
    """Somebody who may be written to by SMS at once, whatever another test has chosen for it."""
    with world.database.writing() as connection:
        organizations.change(connection, world.organization_id, sms="disclaimer")
    return world.contact("+491601234570", "sms")


def of_yesterday(house: House) -> dict[str, Friend]:
    """Somebody who did not answer in time, and somebody whose window has closed."""
    world = house.world
    silent, closed = (world.contact(f"+49160123459{place}") for place in range(2))
    now, world.now = world.now, world.now - timedelta(hours=25)
    for friend in (silent, closed):
        friend.is_asked()
    closed.says("Yes")
    world.now = now
    world.expire()
    return {"silent": silent, "closed": closed}


def asked_at_once(world: World) -> UUID:
    """A bulk request on its way."""
    crowd = Crowd(world)
    asked = crowd.begins(crowd.file([*numbers(3), "+4916012345000", "12"]))
    asked.goes_on()
    return asked.campaign[1]


def lose(friend: Friend) -> None:
    failed = Failed(friend.key, friend.request_id, "unreachable", 63024, "Not on WhatsApp.")
    with friend.world.database.writing() as connection:
        engine.fail(connection, [failed], friend.world.now)


def test_nothing_stands_in_anybodys_way(rooms: dict[str, str], sits: Sits) -> None:
    desk = sits("agent")
    found = {}
    for name, path in rooms.items():
        desk.opens(path)
        found[name] = desk.barriers()
    assert {name: barriers for name, barriers in found.items() if barriers} == {}


def test_the_dialogs_stand_in_nobodys_way(rooms: dict[str, str], sits: Sits) -> None:
    desk = sits("agent")
    page = desk.opens(rooms["contacts"])
    page.locator("a[data-prompt]").first.click()
    page.get_by_role("dialog").wait_for()
    assert desk.barriers() == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("heading", name="Keys").wait_for()
    assert desk.barriers() == []


def test_a_file_of_contacts_stands_in_nobodys_way(sits: Sits) -> None:
    desk = sits("agent")
    page = desk.opens("/contacts/import")
    people = b"name,phone\nAna,+4915112345678\n,+491\nBo,+4915112345678\n"
    chosen = {"name": "people.csv", "mimeType": "text/csv", "buffer": people}
    page.get_by_label("CSV file").set_input_files(chosen)  # type: ignore[arg-type]
    page.get_by_role("button", name="Show what is in it").click()
    page.get_by_text("The name is missing.").wait_for()
    assert desk.barriers() == []


def test_the_smallest_screen_is_wide_enough(rooms: dict[str, str], sits: Sits) -> None:
    desk = sits("agent", size=SMALLEST)
    wide, raw = [], {}
    for name, path in rooms.items():
        page = desk.opens(path)
        wide += [name] * desk.too_wide()
        if found := AS_KEPT.findall(page.locator("body").inner_text()):
            raw[name] = found
    assert wide == []
    assert raw == {}, "numbers are shown in groups, as people read them"


def test_on_a_phone_filters_are_one_row(rooms: dict[str, str], sits: Sits) -> None:
    desk = sits("agent", size=SMALLEST)
    page = desk.opens(f"{rooms['contacts']}?state=informed")
    chips = page.get_by_role("navigation", name="Filter by state")
    box = chips.bounding_box()
    assert box
    assert box["height"] < 60
    expect(chips.locator("[aria-current]")).to_be_in_viewport(ratio=1)
    for words in ("All", "No answer", "Opted in"):
        chips.get_by_role("link", name=words).focus()
        expect(chips.get_by_role("link", name=words)).to_be_in_viewport(ratio=1)
    assert desk.barriers() == []


def test_printed_evidence_is_whole(rooms: dict[str, str], sits: Sits) -> None:
    page = sits("agent").opens(rooms["verified"])
    whole = page.locator("details code").nth(1)
    expect(whole).to_be_hidden()
    page.emulate_media(media="print")
    expect(whole).to_be_visible()
    expect(page.get_by_role("button", name="Verify")).to_be_hidden()
    stamp = "getComputedStyle(document.querySelector('main time'), '::after').content"
    assert "UTC" in page.evaluate(stamp)


def test_without_scripts_everything_can_be_read(rooms: dict[str, str], sits: Sits) -> None:
    page = sits("agent", scripts=False).opens(rooms["in"])
    page.get_by_text("Your Contact has opted in.").wait_for()
    last = page.get_by_text("a picture").bounding_box()
    assert last
    assert last["y"] < 900, "the last line is what one sees first"


SMS_TEXTS = (
    "Hello", "a" * 161, "á" * 71, "Hi", "a" * 307, "€" * 81, "a" * 152 + "€" + "a" * 152,
    "😀" * 67, "ab\n" * 60, "“Hello” – “you” …" * 20, "Привет" * 40, "",
)  # fmt: skip


def test_the_parts_of_an_sms_are_counted_while_one_types(rooms: dict[str, str], sits: Sits) -> None:
    page = sits("agent").opens(rooms["sms"])
    line = page.locator("[data-parts]")
    assert line.inner_text() == parts("")
    for text in SMS_TEXTS:
        page.get_by_label("Send message").fill(text)
        expect(line).to_have_text(parts(text))


def test_the_count_of_parts_does_not_chatter(rooms: dict[str, str], sits: Sits) -> None:
    page = sits("agent").opens(rooms["sms"])
    line = page.locator("[data-parts]")
    line.evaluate(
        "line => new MutationObserver(() => (line.dataset.said = 1 + +(line.dataset.said ?? 0)))"
        ".observe(line, { childList: true, characterData: true, subtree: true })"
    )
    page.get_by_label("Send message").press_sequentially("Good morning", delay=60)
    expect(line).to_have_text("Sent as one SMS.")
    page.get_by_label("Send message").press_sequentially(", how are you?", delay=60)
    page.wait_for_timeout(400)  # the pause after which it would say something
    assert line.get_attribute("data-said") == "1"


def test_times_are_the_readers_own(rooms: dict[str, str], sits: Sits) -> None:
    desk = sits("agent")
    page = desk.opens(rooms["in"])
    page.context.add_cookies([{"name": "zone", "value": "Asia/Tokyo", "url": desk.house.url}])
    here = page.locator(".from-notice time").first.inner_text()
    assert page.reload()
    assert page.locator(".from-notice time").first.inner_text() != here
