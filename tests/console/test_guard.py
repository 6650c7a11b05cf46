"""Who may open what: walked over every address that the server has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import Rule

from bot.app import create_app
from bot.config import Settings
from bot.console.guard import HEADERS, POLICY
from bot.conversations import attachments
from bot.conversations.attachments import File
from bot.people import accounts, sessions
from bot.people.sessions import Browser as Agent
from bot.runtime import Runtime
from bot.store.bulk import insert_all
from bot.store.columns import new_id
from bot.store.models import (
    Account,
    Attachment,
    Campaign,
    Contact,
    Conversation,
    Message,
    Sender,
    Token,
)
from tests.console.conftest import Browser, StoryClock, add_member, signed_in
from tests.world import World

OPEN = {
    "static", "sign_in", "check_password", "code", "check_code", "link", "use_link", "sign_out",
}  # fmt: skip
"""For those who have not signed in."""

SETTING_UP = {
    "organization", "change_organization", "senders", "senders_new", "add_sender", "senders_edit",
    "change_sender", "team", "add_member", "team_member", "link_member", "do_to_member", "tokens",
    "add_token", "revoke_token", "problems", "decide", "dismiss", "resume", "setup", "setup_ticks",
    "wording", "wording_edit", "change_wording", "reset_wording",
}  # fmt: skip
"""For admins; auditors may look."""

OWN = {
    "end_session", "end_other_sessions", "change_password",
    "begin_second_step", "confirm_second_step", "end_second_step",
}  # fmt: skip
"""What everybody does to their own account, auditors too."""

Ids = dict[str, UUID | str]


def rules(app: Flask, prefix: str = "console.") -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(prefix):
            yield rule, rule.endpoint.removeprefix(prefix)


def address(app: Flask, rule: Rule, ids: Ids | None = None) -> str:
    """A path that a rule matches, with ids that are nobody's unless given."""
    others = {name: (ids or {}).get(name, _value(rule, name)) for name in rule.arguments}
    with app.test_request_context():
        adapter = app.url_map.bind("")
        return str(adapter.build(rule.endpoint, others, method=_method(rule)))


def _value(rule: Rule, name: str) -> UUID | str:
    chosen = sorted(getattr(rule._converters[name], "items", ()))
    if chosen:
        return str(chosen[0])
    known = {"channel": "whatsapp", "deed": "disable", "secret": "x", "filename": "style.css"}
    return known.get(name) or (uuid4() if name.endswith("_id") else "x")


def _method(rule: Rule) -> str:
    return "POST" if "POST" in (rule.methods or ()) else "GET"


def ask(browser: Browser, app: Flask, rule: Rule, ids: Ids | None = None) -> int:
    path = address(app, rule, ids)
    answer = browser.post(path) if _method(rule) == "POST" else browser.get(path)
    return answer.status_code


def test_every_page_asks_who_comes(app: Flask, browser: Browser) -> None:
    for rule, name in rules(app):
        if name not in OPEN:
            assert ask(browser, app, rule) == 303, name


def test_agents_set_nothing_up(app: Flask, agent: Browser) -> None:
    there = {name: rule.rule for rule, name in rules(app)}
    assert there.keys() >= SETTING_UP | OWN | OPEN
    behind = {name for name, path in there.items() if path.startswith(("/settings", "/problems"))}
    assert behind == SETTING_UP
    for rule, name in rules(app):
        if name in SETTING_UP:
            assert ask(agent, app, rule) == 403, name
    assert "Ask an admin" in agent.get("/settings").text
    assert 'href="/settings"' not in agent.get("/account").text


def test_auditors_change_nothing(app: Flask, world: World) -> None:
    ours = _ids_of(world)
    auditor = signed_in(app, world, add_member(world, "auditor"))
    for rule, name in rules(app):
        if _method(rule) == "POST" and name not in OPEN | OWN:
            assert set(rule.arguments) <= {*ours, "channel", "deed", "language", "name"}, name
            assert ask(auditor, app, rule, ours) == 403, name
    for path in ("/settings", "/settings/senders", "/settings/team", "/settings/tokens",
                 "/problems", "/settings/setup"):  # fmt: skip
        page = auditor.get(path)
        assert page.status_code == 200, path
        main = page.text.split("<main")[1]
        assert 'type="submit"' not in main, path


@pytest.mark.parametrize("awaits", ["code", None])
def test_who_is_not_quite_in_opens_nothing(app: Flask, world: World, awaits: str | None) -> None:
    """With a code still to come, or a password still to be chosen."""
    ours, member, somebody = _ids_of(world), add_member(world, "admin"), Browser(app)
    with world.database.writing() as connection:
        changed = update(Account).where(Account.id == member.id)
        connection.execute(changed.values(must_change_password=awaits is None))
        there = Agent("Test", "there")
        somebody.keep(sessions.begin(connection, member, there, world.now, awaits))
    for rule, name in rules(app):
        if name not in OPEN | {"password", "change_password"}:
            path = address(app, rule, ours)
            ask_for = somebody.post if _method(rule) == "POST" else somebody.get
            answer = ask_for(path)
            assert answer.status_code == 303, name
            assert answer.location.split("?")[0] == ("/sign-in" if awaits else "/password"), name


def test_what_another_organization_has_does_not_exist(app: Flask, world: World) -> None:
    theirs = _their_ids(world)
    here = signed_in(app, world, add_member(world, "admin"))
    for rule, name in rules(app):
        if any(argument.endswith("_id") for argument in rule.arguments):
            assert ask(here, app, rule, theirs) in (404, 400), name
            assert set(rule.arguments) <= {*theirs, "channel", "deed"}, name


def _their_ids(world: World) -> Ids:
    """Another organization with one of everything."""
    acme = world.organization_id
    world.organization_id = world.add_organization("Rival", "whatsapp:+15550002000", "+15550002000")
    ids = _ids_of(world)
    world.organization_id = acme
    return ids


def _ids_of(world: World) -> Ids:
    """One of everything that the organization of the story has."""
    theirs = world.contact("+4915112345699")
    theirs.is_asked()
    rival = add_member(world, "admin", email="rival@example.org")
    with world.database.writing() as connection:
        accounts.add_token(connection, world.organization_id, "crm", world.now)
        attachments.keep(
            connection, theirs.key, File("a.pdf", "application/pdf", b"%PDF"), world.now
        )
        campaign: dict[str, Any] = {"id": new_id(), "organization_id": world.organization_id}
        campaign |= {"sender_id": theirs.house.sender_id, "asked_by": rival.email, "basis": "form"}
        campaign |= {"source": "a file", "status": "running", "due_at": world.now}
        insert_all(connection, Campaign, [campaign | {"created_at": world.now}])
    ids: Ids = {"account_id": rival.id}
    with world.database.reading() as connection:
        for name, model in {
            "contact_id": Contact, "conversation_id": Conversation, "message_id": Message,
            "sender_id": Sender, "token_id": Token, "attachment_id": Attachment,
            "campaign_id": Campaign,
        }.items():  # fmt: skip
            columns = model.__table__.c
            query = select(columns.id).where(columns.organization_id == world.organization_id)
            ids[name] = connection.scalars(query).all()[0]
    return {**ids, "session_id": uuid4()}


def test_nul_is_refused_wherever_it_stands(app: Flask, world: World) -> None:
    """PostgreSQL refuses it too, and that would look as if the database were away."""
    here = signed_in(app, world, add_member(world, "admin"))
    for rule, name in rules(app):
        path = address(app, rule)
        answers = [here.get(f"{path}?q=a%00b"), here.get(f"{path}?%00=b")]
        if _method(rule) == "POST":
            file = {"file": (BytesIO(b"x"), "a\0b.csv")}
            answers = [here.post(path, form) for form in ({"name": "a\0b"}, {"\0": "b"}, file)]
        for answer in answers:
            assert answer.status_code == 400, name
            assert "NUL" in answer.text


class TestForms:
    def test_of_other_sites_change_nothing(self, agent: Browser) -> None:
        for site in ("cross-site", "same-site"):
            answer = agent.post("/sign-out", headers={"Sec-Fetch-Site": site})
            assert answer.status_code == 403
        assert agent.get("/account").status_code == 200

    @pytest.mark.parametrize(
        ("origin", "status"),
        [
            ("https://consent.example.org", 303), ("https://evil.example", 403),
            ("null", 403), ("", 403), ("http://[evil", 403),
        ],
    )  # fmt: skip
    def test_of_old_browsers_say_where_they_come_from(
        self, agent: Browser, origin: str, status: int
    ) -> None:
        headers = {"Sec-Fetch-Site": "", "Origin": origin}
        assert agent.post("/sign-out", headers=headers).status_code == status

    def test_carry_the_token_of_their_session(self, agent: Browser, auditor: Browser) -> None:
        from_auditor = auditor.get("/account").text.split('name="csrf" content="')[1][:64]
        for wrong in ("", "x", from_auditor):
            assert agent.post("/sign-out", {"csrf": wrong}).status_code == 403
        scripted = {"X-Csrf": agent.get("/account").text.split('name="csrf" content="')[1][:64]}
        assert agent.post("/sign-out", {"csrf": ""}, headers=scripted).status_code == 303

    def test_by_which_somebody_else_would_sign_in_are_refused(self, browser: Browser) -> None:
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert browser.post("/sign-in", {"email": "a@b"}, headers=headers).status_code == 403


class TestHeaders:
    def test_are_on_every_answer(self, app: Flask, browser: Browser) -> None:
        for rule in app.url_map.iter_rules():
            answer = browser.get(address(app, rule), buffered=True)
            for name, value in HEADERS.items():
                assert answer.headers[name] == value, rule
            assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
            if rule.endpoint not in ("console.static", "static"):
                assert answer.headers["Cache-Control"] == "no-store", rule

    def test_are_on_pages_that_are_not_there(self, browser: Browser) -> None:
        answer = browser.get("/nowhere")
        assert answer.status_code == 404
        assert answer.headers["Content-Security-Policy"] == POLICY

    def test_are_not_on_what_only_programs_read(self, browser: Browser) -> None:
        for path in ("/twilio/inbound", "/twilio/status/x"):
            answer = browser.post(path)
            assert answer.status_code == 403
            assert not {*HEADERS, "Cache-Control"} & {name for name, _ in answer.headers}, path

    def test_leave_no_room_for_scripts_in_pages(
        self, as_role: Callable[[str], Browser], world: World
    ) -> None:
        world.contact().is_asked()
        admin = as_role("admin")
        for path in ("/contacts", "/settings", "/settings/setup", "/problems", "/account"):
            page = admin.get(path).text
            assert "<style" not in page
            assert " style=" not in page
            assert "<script>" not in page
            assert "http://" not in page.replace("http://www.w3.org", "")


def test_without_https_the_cookie_is_plain(world: World, settings: Settings) -> None:
    plain = settings.model_copy(update={"public_url": "http://127.0.0.1:8000"})
    client = create_app(Runtime(plain, world.database, StoryClock(world))).test_client()
    member = add_member(world)
    with world.database.writing() as connection:
        accounts.change_password(connection, member.id, "seven orange lanterns")
    answer = client.post(
        "/sign-in", data={"email": member.email, "password": "seven orange lanterns"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert answer.headers["Set-Cookie"].startswith("session=")
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers


def test_other_systems_are_answered_as_before(browser: Browser) -> None:
    answer = browser.get("/api/v1/nowhere")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert browser.get("/twilio/nowhere").mimetype == "text/plain"
    assert browser.get("/nowhere", headers={"Accept": "*/*"}).mimetype == "text/plain"
    assert browser.get("/nowhere").mimetype == "text/html"
