"""What admins let contacts and agents read."""

from __future__ import annotations

import re

import pytest

from bot.conversations import house_texts
from tests.console.conftest import Browser
from tests.world import World

WELCOME = "Good to have you with {business}. STOP ends it."
PATH = "/settings/wording/en/welcome"


def own(world: World) -> dict[tuple[str, str], str]:
    """The texts that the organization has put in place of ours."""
    with world.database.reading() as connection:
        found = house_texts.newest(connection, world.organization_id)
    return {key: text.text for key, text in found.texts.items()}


def typed(page: str) -> str:
    """What stands in the field."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found
    return found.group(1)


def test_texts_are_listed_with_the_name_filled_in(admin: Browser) -> None:
    page = admin.get("/settings/wording").text
    assert "Hello, this is Acme." in page
    assert "Your Contact has opted in." in page
    german = admin.get("/settings/wording?language=de_at").text
    assert "hier ist Acme" in german
    assert "German (de-AT)</h2>" in german
    assert "From German (de)" in german


def test_a_text_is_changed_and_heard(admin: Browser, world: World) -> None:
    assert admin.post(PATH, {"text": WELCOME}).location == PATH
    page = admin.get(PATH).text
    assert "Saved. It is read from now on." in page
    assert "Good to have you with Acme." in page
    assert typed(page) == WELCOME
    assert "Version 1" in page
    assert "admin@example.org" in page
    friend = world.contact("+12025550150")
    friend.is_asked()
    friend.says("yes")
    assert "Good to have you with Acme. STOP ends it." in [line.text for line in friend.lines]


def test_what_is_not_fit_is_explained_and_nothing_typed_is_lost(
    admin: Browser, world: World
) -> None:
    answer = admin.post(PATH, {"text": "Hello <b>you</b>,\r\nwelcome"})
    assert answer.status_code == 422
    assert "does not name the business" in answer.text
    assert "no word that we read as STOP" in answer.text
    assert typed(answer.text).split() == ["Hello", "&lt;b&gt;you&lt;/b&gt;,", "welcome"]
    assert "<b>you" not in answer.text
    assert own(world) == {}


def test_how_it_reads_is_shown_before_it_is_saved(admin: Browser, world: World) -> None:
    answer = admin.post(PATH, {"text": WELCOME, "do": "preview"})
    assert answer.status_code == 200
    assert "Good to have you with Acme. STOP ends it." in answer.text
    assert "By SMS: Sent as one SMS." in answer.text
    assert typed(answer.text) == WELCOME
    assert own(world) == {}


def test_the_default_comes_back_and_versions_stay(admin: Browser, world: World) -> None:
    admin.post(PATH, {"text": WELCOME})
    assert admin.post(f"{PATH}/ours").location == PATH
    page = admin.get(PATH).text
    assert "Back to the default text." in page
    assert "Version 1" in page
    assert own(world) == {}
    assert "ours already" in admin.post(f"{PATH}/ours").text


def test_the_same_text_makes_no_version(admin: Browser) -> None:
    admin.post(PATH, {"text": WELCOME})
    admin.post(PATH, {"text": f"  {WELCOME}\n"})
    page = admin.get(PATH).text
    assert "It says so already." in page
    assert "Version 2" not in page


def test_a_language_without_texts_of_ours_gets_its_own(admin: Browser, world: World) -> None:
    path = "/settings/wording/sv/welcome"
    assert "is read instead" in admin.get(path).text
    assert admin.post(path, {"text": "Kul att du är med, {business}! STOP."}).status_code == 303
    assert own(world) == {("sv", "welcome"): "Kul att du är med, {business}! STOP."}
    assert '<option value="sv">' in admin.get("/settings/wording").text


def test_auditors_look_and_agents_do_not(auditor: Browser, agent: Browser, world: World) -> None:
    page = auditor.get(PATH).text
    assert "Save text" not in page
    assert auditor.post(PATH, {"text": WELCOME}).status_code == 403
    assert auditor.post(PATH, {"text": WELCOME, "do": "preview"}).status_code == 403
    assert agent.get("/settings/wording").status_code == 403
    assert own(world) == {}


@pytest.mark.parametrize(
    "path",
    ["/settings/wording/en/nonsense", "/settings/wording/German/ask"],
)
def test_what_there_is_not(admin: Browser, path: str) -> None:
    assert admin.get(path).status_code == 404
    assert admin.post(path, {"text": WELCOME}).status_code == 404


def test_a_language_that_is_none_is_explained(admin: Browser) -> None:
    page = admin.get("/settings/wording?language=German").text
    assert "&#39;German&#39; is not a language." in page
    assert 'value="German"' in page
    assert "Hello, this is Acme." in page
