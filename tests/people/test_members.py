"""Admins among themselves: one always remains."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import Connection, func, select

from bot.people import members
from bot.people.accounts import Member
from bot.people.mistakes import Mistake
from bot.store.models import Account
from tests.console.conftest import add_member
from tests.world import World


@pytest.mark.parametrize("deed", ["change_role", "disable"])
def test_of_two_who_shut_each_other_out_at_once_one_remains(world: World, deed: str) -> None:
    ann = add_member(world, "admin", email="ann@example.org")
    ben = add_member(world, "admin", email="ben@example.org")
    begun = Event()

    def shuts_out(connection: Connection, by: Member, whom: Member) -> None:
        if deed == "disable":
            members.disable(connection, by, whom.id, world.now)
        else:
            members.change_role(connection, by, whom.id, "agent")

    def ben_shuts_ann_out() -> None:
        begun.set()
        with world.database.writing() as connection:
            shuts_out(connection, ben, ann)

    with ThreadPoolExecutor(1) as other:
        with world.database.writing() as connection:
            shuts_out(connection, ann, ben)
            answer = other.submit(ben_shuts_ann_out)
            assert begun.wait(5)
        with pytest.raises(Mistake, match="no admin any more"):
            answer.result(10)
    with world.database.reading() as connection:
        admins = select(func.count()).where(Account.role == "admin", Account.disabled_at.is_(None))
        assert connection.scalar(admins) == 1
