"""Links from the terminal, and that whatever works once works once, however many try."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select, update

from bot.cli import demo_house, first_admin
from bot.people import accounts, one_time_links, throttle
from bot.people.mistakes import Mistake
from bot.people.throttle import Limit
from bot.runtime import Runtime
from bot.store.models import Account
from tests.console.conftest import Browser, add_member
from tests.terminals import terminal_on
from tests.world import NOON, World


def invite(world: World) -> str | None:
    with world.database.writing() as connection:
        return first_admin.invite(connection, world.now, world.now)


class TestInvitation:
    def test_lets_the_admin_of_the_demo_in(self, browser: Browser, world: World) -> None:
        with world.database.writing() as connection:
            demo_house.furnish(connection, NOON)
        assert invite(world) is None, "no demo among organizations that somebody made"
        world.add_organization(demo_house.NAME)
        secret = invite(world)
        assert browser.post(f"/sign-in/link/{secret}").status_code == 303
        assert browser.post("/password", {"password": "six yellow windows"}).status_code == 303
        assert f"admin at {demo_house.NAME}" in browser.get("/account").text
        assert invite(world) is None, "they have a password now"

    def test_is_made_anew_while_it_was_not_used(self, browser: Browser, world: World) -> None:
        world.add_organization(demo_house.NAME)
        first, second = invite(world), invite(world)
        assert browser.get(f"/sign-in/link/{first}").status_code == 404
        assert browser.get(f"/sign-in/link/{second}").status_code == 200


class TestCommand:
    @pytest.fixture
    def terminal(self, runtime: Runtime) -> FlaskCliRunner:
        return terminal_on(runtime).test_cli_runner()

    def test_a_link_signs_in_who_forgot_the_password(
        self, terminal: FlaskCliRunner, browser: Browser, world: World
    ) -> None:
        add_member(world, "agent", email="ann@example.org")
        printed = terminal.invoke(args=["user", "link", "Ann@example.org"])
        assert printed.exit_code == 0, printed.output
        link = printed.stdout.strip().removeprefix("https://consent.example.org")
        assert browser.post(link).status_code == 303
        assert browser.get("/account").location == "/password"

    def test_nobody_has_no_link(self, world: World) -> None:
        with (
            world.database.writing() as connection,
            pytest.raises(Mistake, match="flask user list"),
        ):
            one_time_links.make_for(connection, "bob@example.org", NOON)

    def test_who_is_disabled_has_no_link(self, world: World) -> None:
        member = add_member(world)
        with world.database.writing() as connection:
            connection.execute(update(Account).values(disabled_at=NOON))
            with pytest.raises(Mistake, match="disabled"):
                one_time_links.make(connection, member.id, NOON)


class TestAtOnce:
    def test_a_link_lets_one_in(self, world: World) -> None:
        member = add_member(world)
        with world.database.writing() as connection:
            secret = one_time_links.make(connection, member.id, NOON)

        def use(_: int) -> bool:
            with world.database.writing() as connection:
                return one_time_links.use(connection, secret, NOON) is not None

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(use, range(16))) == 1

    def test_a_bucket_gives_no_more_than_it_holds(self, world: World) -> None:
        def take(_: int) -> bool:
            with world.database.writing() as connection:
                return throttle.take(connection, "x", Limit(5, 60), NOON) is None

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(take, range(24))) == 5


def test_a_clock_that_goes_back_gives_no_tries(world: World) -> None:
    limit = Limit(1, 60)
    with world.database.writing() as connection:
        assert throttle.take(connection, "x", limit, world.now) is None
        world.passes(hours=-1)
        assert throttle.take(connection, "x", limit, world.now)


def test_a_one_time_password_of_the_terminal_must_be_changed(
    browser: Browser, world: World
) -> None:
    with world.database.writing() as connection:
        password = accounts.add_user(
            connection, world.organization_id, "ann@example.org", "agent", NOON
        )
    browser.post("/sign-in", {"email": "ann@example.org", "password": password})
    assert browser.get("/account").location == "/password"
    with world.database.reading() as connection:
        assert connection.scalars(select(Account.must_change_password)).one()
