"""Who may come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from bot.people import accounts
from bot.people.accounts import Caller
from bot.people.mistakes import Mistake
from bot.store.db import Database
from bot.store.models import Account, Token
from tests.world import NOON, World


def add_user(world: World, email: str = "ann@example.org", role: str = "agent") -> str:
    with world.database.writing() as connection:
        return accounts.add_user(connection, world.organization_id, email, role, NOON)


def member(
    database: Database, email: str, password: str, wall: datetime = NOON
) -> accounts.Member | None:
    with database.reading() as connection:
        return accounts.member_of(connection, email, password, wall)


def test_a_user_comes_in_with_the_password_that_was_printed(world: World) -> None:
    password = add_user(world, "Ann@Example.org ", "auditor")
    found = member(world.database, " ANN@example.org", password)
    assert found
    assert (found.email, found.role, found.must_change_password) == (
        "ann@example.org", "auditor", True,
    )  # fmt: skip
    assert found.organization_id == world.organization_id


def test_nobody_comes_in_with_another(world: World) -> None:
    password = add_user(world)
    assert member(world.database, "ann@example.org", password + "x") is None
    assert member(world.database, "ann@example.org", "\udcff") is None
    assert member(world.database, "bob@example.org", password) is None


def test_nobody_comes_in_who_was_shut_out(world: World) -> None:
    password = add_user(world)
    with world.database.writing() as connection:
        connection.execute(update(Account).values(disabled_at=NOON))
    assert member(world.database, "ann@example.org", password) is None


def test_a_one_time_password_is_good_for_a_day(world: World) -> None:
    password, made = add_user(world), datetime.now(UTC)
    soon, late = made + timedelta(hours=23, minutes=59), made + timedelta(hours=24, seconds=1)
    assert member(world.database, "ann@example.org", password, soon)
    with pytest.raises(Mistake, match="older than a day"):
        member(world.database, "ann@example.org", password, late)
    assert member(world.database, "ann@example.org", "another", late) is None
    found = member(world.database, "ann@example.org", password)
    assert found
    with world.database.writing() as connection:
        accounts.change_password(connection, found.id, "correct horse battery")
    assert member(world.database, "ann@example.org", "correct horse battery", late)


def test_a_password_is_kept_as_argon2id_alone(world: World) -> None:
    password = add_user(world)
    with world.database.reading() as connection:
        kept = connection.scalars(select(Account.password_hash)).one()
    assert kept.startswith("$argon2id$")
    assert password not in kept


def test_a_chosen_password_replaces_the_first(world: World) -> None:
    password = add_user(world)
    found = member(world.database, "ann@example.org", password)
    assert found
    with world.database.writing() as connection:
        accounts.change_password(connection, found.id, "correct horse battery")
        with pytest.raises(Mistake, match="12 to 200"):
            accounts.change_password(connection, found.id, "short")
    assert member(world.database, "ann@example.org", password) is None
    again = member(world.database, "ann@example.org", "correct horse battery")
    assert again
    assert not again.must_change_password


@pytest.mark.parametrize("email", ["", "ann", "a b@c", "ann@", "@c", "a@b,c@d", "<a@b>"])
def test_what_is_no_address_is_refused(world: World, email: str) -> None:
    with pytest.raises(Mistake, match="not an e-mail address"):
        add_user(world, email)


def test_two_users_cannot_share_an_address(world: World) -> None:
    add_user(world)
    with pytest.raises(Mistake, match="already"):
        add_user(world, "ANN@example.org")


def test_a_role_that_is_none_is_refused(world: World) -> None:
    with pytest.raises(Mistake, match="agent, admin, auditor"):
        add_user(world, role="king")


class TestTokens:
    def add(self, world: World) -> str:
        with world.database.writing() as connection:
            return accounts.add_token(connection, world.organization_id, "crm", NOON)

    def caller(self, world: World, secret: str) -> Caller | None:
        with world.database.reading() as connection:
            return accounts.caller_of(connection, secret)

    def test_a_secret_tells_who_calls(self, world: World) -> None:
        secret = self.add(world)
        assert self.caller(world, secret) == Caller(world.organization_id, "crm")

    def test_another_secret_tells_nothing(self, world: World) -> None:
        secret = self.add(world)
        for other in ("", "ast_", secret + "x", secret.lower(), "é\udcff"):
            assert self.caller(world, other) is None

    def test_the_secret_is_kept_nowhere(self, world: World) -> None:
        secret = self.add(world)
        with world.database.reading() as connection:
            row = connection.execute(select(*Token.__table__.columns)).one()
        assert secret.startswith("ast_")
        assert len(secret) == 3 + 1 + 8 + 1 + 43
        assert secret.split("_", 2)[2] not in str(row)

    def test_a_revoked_one_opens_nothing(self, world: World) -> None:
        secret = self.add(world)
        with world.database.writing() as connection:
            token = accounts.tokens(connection)[0]
            accounts.revoke_token(connection, token.id, NOON)
        assert self.caller(world, secret) is None
        self.cannot_revoke(world, token.id)

    def test_only_one_in_use_can_be_revoked(self, world: World) -> None:
        self.cannot_revoke(world, uuid4())

    def cannot_revoke(self, world: World, token_id: UUID) -> None:
        with world.database.writing() as connection, pytest.raises(Mistake, match="no token"):
            accounts.revoke_token(connection, token_id, NOON)

    def test_a_token_says_whose_it_is(self, world: World) -> None:
        with world.database.writing() as connection, pytest.raises(Mistake, match="needs a name"):
            accounts.add_token(connection, world.organization_id, " ", NOON)
