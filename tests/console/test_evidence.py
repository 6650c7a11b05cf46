"""What the console shows of a conversation's ledger, and what it finds when it is asked."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from sqlalchemy import text, update

import bot
from bot.console import evidence
from bot.console.numbers import spelled
from bot.console.words import ENTRIES
from bot.conversations import house_texts
from bot.store.models import Entry
from flows import FLOWS
from tests.console.conftest import Browser
from tests.world import Friend, World

FAULT = "Fault This entry is not in the form that entries are written in."


def proof(friend: Friend) -> str:
    return f"/conversations/{friend.key[1]}/evidence"


def read(browser: Browser, path: str) -> str:
    """The text of a page's main part, as one reads it."""
    answer = browser.get(path)
    assert answer.status_code == 200
    main = answer.text.split("<main")[1].split("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def tamper(friend: Friend, seq: int, **changes: object) -> None:
    """Change an entry as somebody could who owns the database."""
    database = friend.world.database
    off = {"sqlite": "DROP TRIGGER ledger_not_changed"}.get(
        database.name, "SET LOCAL session_replication_role = replica"
    )
    entry = Entry.conversation_id == friend.key[1], Entry.seq == seq
    with database.writing() as connection:
        connection.execute(text(off))
        connection.execute(update(Entry).where(*entry).values(**changes))


@pytest.fixture
def jo(world: World) -> Friend:
    """Somebody who was asked and said yes."""
    friend = world.contact()
    friend.is_asked()
    friend.says("Yes please")
    return friend


class TestEntries:
    def test_a_yes_is_listed_with_what_was_shown_and_how_it_was_read(
        self, agent: Browser, jo: Friend
    ) -> None:
        page = read(agent, proof(jo))
        heard = f"consent of Jo, {spelled(jo.phone)} , to hear from Acme, +1 555-000-1000 on"
        assert heard in page
        asked, given = page.split("1. Asked for consent")[1].split("2. Consent given")
        assert "Today, 12:00 PM · From “Not asked” to “Waiting”" in asked
        assert "Asked by agent Basis existing client" in asked
        assert "The request, English (en), version 1 of the default wording" in asked
        assert "May we write to you here?" in asked
        assert "From “Waiting” to “Opted in”" in given
        assert "Answer Yes please" in given
        assert "Read as Yes, because of: yes word and politeness, by the list en@" in given
        assert "After a yes, German (de), version 1 of the default wording" in given

    def test_hashes_are_short_and_can_be_seen_whole(self, agent: Browser, jo: Friend) -> None:
        page = agent.get(proof(jo)).text
        first, second = jo.links
        assert f"{second.hash[:12]}</code></summary>" in page
        assert f"<code>{second.hash}</code>" in page
        assert f"The one before: <code>{first.hash}</code>" in page

    def test_an_own_wording_is_called_so(self, agent: Browser, world: World) -> None:
        own = "May Acme write to you? Reply YES or NO."
        with world.database.writing() as connection:
            house_texts.change(
                connection, world.organization_id, "en", "ask", own, "a@b.example", world.now
            )
        friend = world.contact()
        friend.is_asked()
        page = read(agent, proof(friend))
        assert "The request, English (en), version 1 of your own wording" in page
        assert own in page

    def test_an_opt_out_that_came_another_way(self, agent: Browser, jo: Friend) -> None:
        jo.withdraws("by letter")
        page = read(agent, proof(jo))
        assert "3. Consent withdrawn" in page
        assert "Entered by agent" in page
        assert "How it reached you by letter" in page

    def test_consent_given_elsewhere(self, agent: Browser, world: World) -> None:
        friend = world.contact()
        friend.consented_elsewhere()
        page = read(agent, proof(friend))
        assert "Brought in by agent Given where form Given on 2026-02-01" in page
        assert "What shows it form No. 7" in page

    def test_what_was_erased_is_not_shown_and_the_proof_holds(
        self, agent: Browser, world: World, jo: Friend
    ) -> None:
        with world.database.writing() as connection:
            connection.execute(update(Entry).values(personal=None))
        page = read(agent, f"{proof(jo)}?verify=1")
        assert "Yes please" not in page
        assert "Answer Erased" in page
        assert "Unchanged: 2 entries" in page

    def test_what_somebody_wrote_stays_text(self, agent: Browser, jo: Friend) -> None:
        jo.says("<b>hello</b>")
        assert "&lt;b&gt;hello&lt;/b&gt;" in agent.get(proof(jo)).text

    def test_nothing_yet(self, agent: Browser, world: World) -> None:
        friend = world.contact()
        assert "No entries" in read(agent, proof(friend))
        assert "Unchanged: nothing" in read(agent, f"{proof(friend)}?verify=1")

    def test_long_stories_are_paged(
        self, agent: Browser, jo: Friend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(evidence, "ENTRIES", 2)
        jo.says("STOP")
        newest = agent.get(proof(jo)).text
        assert "2. Consent given" in newest
        assert "3. Consent withdrawn" in newest
        assert "1. Asked" not in newest
        assert "?before=2" in newest
        earlier = read(agent, f"{proof(jo)}?before=2&verify=1")
        assert "1. Asked" in earlier
        assert "2. Consent given" not in earlier
        assert "Earlier entries" not in earlier
        assert "Unchanged: 3 entries" in earlier


class TestVerify:
    def test_an_unbroken_chain(self, agent: Browser, jo: Friend) -> None:
        assert "Unchanged" not in read(agent, proof(jo))
        page = read(agent, f"{proof(jo)}?verify=1")
        assert "Unchanged: 2 entries, each with the hash of the one before." in page

    def test_a_changed_entry_is_named(self, agent: Browser, jo: Friend) -> None:
        tamper(jo, 2, body=jo.links[1].body.replace("webhook", "Webhook"))
        page = read(agent, f"{proof(jo)}?verify=1")
        assert "cannot be trusted. 2 entries checked" in page
        assert "Entry 2 does not have the hash of its body." in page
        assert "Unchanged" not in page

    def test_another_answer_is_named(self, agent: Browser, jo: Friend) -> None:
        kept = jo.links[1].personal
        assert kept
        tamper(jo, 2, personal=kept | {"values": kept["values"] | {"text": "Never"}})
        page = read(agent, f"{proof(jo)}?verify=1")
        assert "Entry 2: text is not what was recorded." in page

    @pytest.mark.parametrize("body", ["", "[]", "{}", '{"from": 1, "to": []}'])
    def test_an_entry_that_cannot_be_read_is_shown_as_it_is(
        self, agent: Browser, jo: Friend, body: str
    ) -> None:
        tamper(jo, 2, body=body)
        page = read(agent, f"{proof(jo)}?verify=1")
        assert "1. Asked for consent" in page
        assert "2. Consent given" in page
        assert FAULT in page
        assert "cannot be trusted" in page


class TestWho:
    @pytest.mark.parametrize("role", ["agent", "admin", "auditor"])
    def test_everybody_of_the_organization_may_look_and_verify(
        self, request: pytest.FixtureRequest, jo: Friend, role: str
    ) -> None:
        browser = request.getfixturevalue(role)
        assert f'href="{proof(jo)}"' in browser.get(f"/conversations/{jo.key[1]}").text
        assert "Unchanged: 2 entries" in read(browser, f"{proof(jo)}?verify=1")

    def test_for_others_it_does_not_exist(self, agent: Browser, world: World) -> None:
        world.organization_id = world.add_organization("Rival", "whatsapp:+15550002000")
        theirs = world.contact("+4915112345699")
        theirs.is_asked()
        assert agent.get(proof(theirs)).status_code == 404
        assert agent.get(f"{proof(theirs)}?verify=1").status_code == 404


def test_every_kind_of_entry_has_words_and_no_other() -> None:
    of_flows = {
        action.name
        for flow in FLOWS.values()
        for row in flow.rows
        for action in row.do
        if action.kind == "record"
    }
    assert set(ENTRIES) == of_flows | of_the_bot()


def of_the_bot() -> set[str]:
    """The kinds that are entered beside what a flow records."""
    root = Path(bot.__file__).parent
    written = "\n".join(path.read_text(encoding="utf-8") for path in root.rglob("*.py"))
    proved = re.findall(r'\.prove\(\s*\w+,\s*"([^"]+)"', written)
    return {*proved, *re.findall(r'default_kind="([^"]+)"', written)}
