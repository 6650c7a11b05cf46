"""Coming in: by password, by code, by link; and what nobody gets in by."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from bot.console import entrance
from bot.people import accounts, one_time_codes, one_time_links, passwords, sessions
from bot.people.accounts import Member
from bot.people.throttle import Limit
from bot.runtime import Runtime
from bot.store.models import Account, OneTimeLink, SecondStep, Session
from tests.console.conftest import Browser, add_member, signed_in
from tests.world import World

EMAIL, GOOD = "ann@example.org", "seven orange lanterns"


@pytest.fixture(scope="session")
def known() -> str:
    """The hash of Ann's password, made once."""
    return passwords.hashed(GOOD)


@pytest.fixture
def ann(world: World, known: str) -> Member:
    member = add_member(world, "agent", email=EMAIL)
    with world.database.writing() as connection:
        connection.execute(update(Account).values(password_hash=known))
    return member


def sign_in(browser: Browser, password: str = GOOD, email: str = EMAIL, after: str = "") -> int:
    form = {"email": email, "password": password}
    return browser.post(f"/sign-in?next={after}", form).status_code


def count(world: World) -> int:
    with world.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(Session)) or 0


class TestPassword:
    def test_lets_in(self, browser: Browser, ann: Member) -> None:
        answer = browser.post("/sign-in", {"email": " ANN@example.org", "password": GOOD})
        assert (answer.status_code, answer.location) == (303, "/")
        cookie = answer.headers["Set-Cookie"]
        for part in ("__Host-session=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie
        assert "Domain" not in cookie
        assert EMAIL in browser.get("/account").text

    def test_of_nobody_and_a_wrong_one_are_answered_alike(
        self, browser: Browser, ann: Member
    ) -> None:
        wrong = browser.post("/sign-in", {"email": EMAIL, "password": "x"})
        unknown = browser.post("/sign-in", {"email": "bob@example.org", "password": "x"})
        assert (wrong.status_code, unknown.status_code) == (401, 401)
        assert wrong.text.replace(EMAIL, "") == unknown.text.replace("bob@example.org", "")

    def test_only_its_digest_is_kept(self, browser: Browser, ann: Member, world: World) -> None:
        sign_in(browser)
        with world.database.reading() as connection:
            (row,) = connection.execute(select(*Session.__table__.columns)).all()
        assert browser.token
        assert row.digest == sessions.digest(browser.token)
        assert browser.token not in str(row)
        assert "127.0.0.1" not in str(row)

    def test_gives_a_new_session_and_ends_the_one_before(
        self, browser: Browser, ann: Member, world: World
    ) -> None:
        sign_in(browser)
        first = browser.token
        sign_in(browser)
        assert browser.token != first
        assert count(world) == 1

    @pytest.mark.parametrize(
        ("after", "led_to"),
        [
            ("/account", "/account"), ("//evil.example", "/"), ("https://evil.example", "/"),
            ("/\\evil.example", "/"), ("%0d/x", "/"),
        ],
    )  # fmt: skip
    def test_leads_on_within_the_server(
        self, browser: Browser, ann: Member, after: str, led_to: str
    ) -> None:
        form = {"email": EMAIL, "password": GOOD}
        assert browser.post(f"/sign-in?next={after}", form).location == led_to

    def test_leads_back_to_what_was_asked_for(self, browser: Browser, ann: Member) -> None:
        assert browser.get("/report?from=2026-01-01").location == (
            "/sign-in?next=/report?from%3D2026-01-01"
        )

    def test_of_somebody_disabled_lets_nobody_in(
        self, browser: Browser, ann: Member, world: World
    ) -> None:
        with world.database.writing() as connection:
            connection.execute(update(Account).values(disabled_at=world.now))
        assert sign_in(browser) == 401


class TestThrottle:
    def test_tries_run_out_and_come_back(
        self, browser: Browser, ann: Member, world: World, app: Flask
    ) -> None:
        inside = signed_in(app, world, ann)
        for _ in range(entrance.ACCOUNT.burst):
            assert sign_in(browser, "wrong") == 401
        assert sign_in(browser) == 429
        assert sign_in(browser, email="bob@example.org") == 401
        assert inside.get("/account").status_code == 200, "a session goes on"
        world.passes(seconds=entrance.ACCOUNT.seconds)
        assert sign_in(browser) == 303

    def test_says_when_and_says_it_of_nobody_too(self, browser: Browser, ann: Member) -> None:
        with_account = _tried_out(browser, EMAIL)
        assert "Try again in 1 minute." in with_account
        assert _tried_out(browser, "bob@example.org").replace("bob", "ann") == with_account

    @pytest.mark.parametrize(
        ("limit", "words"),
        [
            (Limit(2, 60), "Try again in 1 minute."), (Limit(2, 61), "Try again in 2 minutes."),
            (Limit(2, 0.4), "Try again in 1 second."), (Limit(2, 7200), "Try again in 2 hours."),
            (Limit(2, 7201), "Try again in 3 hours."),
        ],
    )  # fmt: skip
    def test_a_try_at_the_time_that_was_said_is_taken(
        self, browser: Browser, ann: Member, world: World, monkeypatch: pytest.MonkeyPatch,
        limit: Limit, words: str,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(entrance, "ACCOUNT", limit)
        for _ in range(limit.burst):
            sign_in(browser, "wrong")
        answer = browser.post("/sign-in", {"email": EMAIL, "password": GOOD})
        assert answer.status_code == 429
        assert words in answer.text
        world.passes(seconds=int(answer.headers["Retry-After"]))
        assert sign_in(browser) == 303

    def test_signing_in_well_costs_nothing(self, browser: Browser, ann: Member) -> None:
        for _ in range(entrance.ACCOUNT.burst + 2):
            assert sign_in(browser) == 303

    def test_one_place_cannot_try_everybody(
        self, browser: Browser, monkeypatch: pytest.MonkeyPatch, ann: Member
    ) -> None:
        monkeypatch.setattr(entrance, "PLACE", Limit(3, 60))
        for name in "bcd":
            assert sign_in(browser, email=f"{name}@example.org") == 401
        assert sign_in(browser) == 429

    @pytest.mark.parametrize(
        ("direct", "forwarded", "place"),
        [
            ("8.8.8.8", "198.51.100.1", "8.8.8.8"),
            ("10.0.0.2", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
            ("127.0.0.1", "nonsense", "127.0.0.1"),
            ("127.0.0.1", "", "127.0.0.1"),
        ],
    )
    def test_only_a_proxy_beside_us_is_believed(
        self, direct: str, forwarded: str, place: str
    ) -> None:
        headers = {"X-Forwarded-For": forwarded}
        with Flask(__name__).test_request_context(
            headers=headers, environ_base={"REMOTE_ADDR": direct}
        ):
            assert entrance.place() == place


def _tried_out(browser: Browser, email: str) -> str:
    for _ in range(entrance.ACCOUNT.burst):
        sign_in(browser, "wrong", email)
    return browser.post("/sign-in", {"email": email, "password": GOOD}).text


class TestSession:
    def test_ends_without_a_request(self, agent: Browser, world: World) -> None:
        world.passes(seconds=(sessions.IDLE - timedelta(minutes=5)).total_seconds())
        assert agent.get("/account").status_code == 200
        world.passes(minutes=10)
        assert agent.get("/account").status_code == 200, "the request before counts"
        world.passes(seconds=sessions.IDLE.total_seconds())
        assert agent.get("/account").status_code == 303

    def test_ends_at_the_latest_after_a_day(self, agent: Browser, world: World) -> None:
        for _ in range(11):
            world.passes(hours=2)
            assert agent.get("/account").status_code == 200
        world.passes(hours=2)
        assert agent.get("/account").status_code == 303

    def test_ends_by_signing_out(self, agent: Browser, world: World) -> None:
        token = agent.token
        answer = agent.post("/sign-out")
        assert answer.location == "/sign-in"
        assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
        assert count(world) == 0
        agent.keep(token or "")
        assert agent.get("/account").status_code == 303

    def test_is_told_to_scripts_by_its_status(self, browser: Browser) -> None:
        answer = browser.get("/settings/setup/ticks", headers={"Sec-Fetch-Mode": "cors"})
        assert answer.status_code == 401

    def test_of_ones_own_can_be_ended_elsewhere(
        self, app: Flask, world: World, agent: Browser
    ) -> None:
        with world.database.reading() as connection:
            account_id = connection.scalars(select(Account.id)).one()
            member = accounts.member(connection, account_id)
        assert member
        other = signed_in(app, world, member)
        page = agent.get("/account").text
        (path,) = re.findall(r'action="(/account/sessions/[0-9a-f-]+/end)"', page)
        assert agent.post(path).status_code == 303
        assert "Signed out there." in agent.get("/account").text
        assert "Signed out there." not in agent.get("/account").text, "said once"
        assert other.get("/account").status_code == 303

    def test_others_end_with_a_new_password(
        self, app: Flask, world: World, browser: Browser, ann: Member
    ) -> None:
        other = signed_in(app, world, ann)
        sign_in(browser)
        form = {"current": GOOD, "password": "eleven purple umbrellas"}
        assert browser.post("/password", form).status_code == 303
        assert browser.get("/account").status_code == 200
        assert other.get("/account").status_code == 303
        assert sign_in(browser, "eleven purple umbrellas") == 303


class TestNewPassword:
    def test_is_asked_for_whatever_page_was_wanted(
        self, browser: Browser, ann: Member, world: World
    ) -> None:
        with world.database.writing() as connection:
            connection.execute(update(Account).values(must_change_password=True))
        sign_in(browser)
        assert browser.get("/account").location == "/password"
        assert browser.post("/account/sessions/end").location == "/password"
        assert 'aria-invalid="true"' in browser.post("/password", {"password": "short"}).text
        assert browser.post("/password", {"password": "nine green bicycles"}).status_code == 303
        assert browser.get("/account").status_code == 200

    @pytest.mark.parametrize(
        "password", ["short", "x" * 201, "Password2026!", "123456789012", "ann-Acme-acme-ann"]
    )
    def test_is_not_one_that_is_guessed(self, browser: Browser, ann: Member, password: str) -> None:
        sign_in(browser)
        answer = browser.post("/password", {"current": GOOD, "password": password})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text

    def test_needs_the_present_one(self, browser: Browser, ann: Member) -> None:
        sign_in(browser)
        form = {"current": "not it", "password": "eleven purple umbrellas"}
        assert "This is not your password." in browser.post("/password", form).text


class TestSecondStep:
    @pytest.fixture
    def phone(self, browser: Browser, ann: Member, world: World, runtime: Runtime) -> pyotp.TOTP:
        """Ann's phone, connected by herself."""
        sign_in(browser)
        assert browser.post("/account/second-step", {"current": "no"}).status_code == 422
        assert browser.post("/account/second-step", {"current": GOOD}).status_code == 303
        page = browser.get("/account/second-step").text
        phone = pyotp.parse_uri(re.findall(r"otpauth://[^\"<]+", page)[0].replace("&amp;", "&"))
        assert isinstance(phone, pyotp.TOTP)
        code = phone.at(world.now)
        assert browser.post("/account/second-step/confirm", {"code": "000"}).status_code == 422
        answer = browser.post("/account/second-step/confirm", {"code": code})
        self.spare = re.findall(r"<code>([a-z0-9-]{17})</code>", answer.text)
        assert len(self.spare) == one_time_codes.RECOVERY_CODES
        world.passes(minutes=5)
        return phone

    def test_is_asked_for_after_the_password(
        self, browser: Browser, world: World, phone: pyotp.TOTP
    ) -> None:
        form = {"email": EMAIL, "password": GOOD}
        assert (
            browser.post("/sign-in?next=/account", form).location == "/sign-in/code?next=/account"
        )
        assert browser.get("/account").status_code == 303, "the password alone opens nothing"
        before = browser.token
        answer = browser.post("/sign-in/code?next=/account", {"code": phone.at(world.now)})
        assert answer.location == "/account"
        assert browser.token != before
        assert browser.get("/account").status_code == 200

    def test_takes_each_code_once(self, browser: Browser, world: World, phone: pyotp.TOTP) -> None:
        code = phone.at(world.now)
        sign_in(browser)
        assert browser.post("/sign-in/code", {"code": code}).status_code == 303
        sign_in(browser)
        assert browser.post("/sign-in/code", {"code": code}).status_code == 401
        world.passes(seconds=30)
        assert browser.post("/sign-in/code", {"code": phone.at(world.now)}).status_code == 303

    def test_takes_each_recovery_code_once(
        self, browser: Browser, world: World, phone: pyotp.TOTP
    ) -> None:
        spare = self.spare[0].upper().replace("-", " ")
        sign_in(browser)
        assert browser.post("/sign-in/code", {"code": spare}).status_code == 303
        assert "9 recovery codes are left" in browser.get("/account").text
        sign_in(browser)
        assert browser.post("/sign-in/code", {"code": spare}).status_code == 401

    def test_cannot_be_guessed(self, browser: Browser, world: World, phone: pyotp.TOTP) -> None:
        sign_in(browser)
        for _ in range(entrance.CODE.burst):
            assert browser.post("/sign-in/code", {"code": "ü00000"}).status_code == 401
        answer = browser.post("/sign-in/code", {"code": phone.at(world.now)})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        assert "Try again in 1 minute." in answer.text

    def test_waits_ten_minutes(self, browser: Browser, world: World, phone: pyotp.TOTP) -> None:
        sign_in(browser)
        world.passes(minutes=11)
        answer = browser.post("/sign-in/code", {"code": phone.at(world.now)})
        assert answer.location.startswith("/sign-in")

    def test_keeps_no_secret(self, world: World, phone: pyotp.TOTP) -> None:
        with world.database.reading() as connection:
            row = str(connection.execute(select(*SecondStep.__table__.columns)).one())
        assert phone.secret not in row
        assert not [code for code in self.spare if code in row]

    def test_is_turned_off_with_the_password(
        self, browser: Browser, world: World, phone: pyotp.TOTP
    ) -> None:
        assert browser.post("/account/second-step/off", {"current": "no"}).status_code == 422
        assert browser.post("/account/second-step/off", {"current": GOOD}).status_code == 303
        sign_in(browser)
        assert browser.get("/account").status_code == 200


class TestLink:
    @pytest.fixture
    def link(self, world: World, ann: Member) -> str:
        with world.database.writing() as connection:
            return f"/sign-in/link/{one_time_links.make(connection, ann.id, world.now)}"

    def test_signs_in_once_and_asks_for_a_password(self, browser: Browser, link: str) -> None:
        for _ in range(2):
            assert EMAIL in browser.get(link).text, "looking at it does not spend it"
        assert browser.post(link).location == "/"
        assert browser.get("/").location == "/password"
        spent = browser.get(link)
        assert spent.status_code == 404
        assert "This link was used already, or is older than a day." in spent.text
        assert browser.post(link).status_code == 404

    def test_is_good_for_a_day(self, browser: Browser, link: str, world: World) -> None:
        world.passes(hours=24)
        assert browser.get(link).status_code == 404
        assert browser.post(link).status_code == 404

    def test_of_before_opens_nothing_any_more(
        self, browser: Browser, link: str, world: World, ann: Member
    ) -> None:
        with world.database.writing() as connection:
            one_time_links.make(connection, ann.id, world.now)
        assert browser.post(link).status_code == 404

    def test_is_kept_as_a_digest(self, link: str, world: World) -> None:
        with world.database.reading() as connection:
            kept = str(connection.execute(select(*OneTimeLink.__table__.columns)).one())
        assert link.rsplit("/", 1)[1] not in kept
