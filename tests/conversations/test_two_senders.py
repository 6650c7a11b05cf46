"""One person writes to two senders of ours at the same moment, and both tell who they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.conversations import engine
from bot.conversations.inbound import Inbound
from bot.store.models import Address, Contact, Message
from flows.replies import Heard
from tests.acceptance.processes import eventually
from tests.conversations.test_identity import DIALLED, USER, friend, owner, sent, writes
from tests.world import WHATSAPP, World, new_sid


@pytest.fixture
def second(world: World) -> str:
    return world.gets_a_second_sender().address


def test_another_owner_is_one_contact(world: World, second: str) -> None:
    next_owner, number = "DE.2222", "+4915100000001"
    writes(world, "+4915100000009", user_id=next_owner)
    writes(world, "DE.1111")
    writes(world, number, user_id="DE.1111")
    meanwhile(
        world, to_ours(number, user_id=next_owner),
        to_ours(number, user_id=next_owner, sender=second),
    )  # fmt: skip
    jo = friend(world, number)
    assert jo.is_proved()
    assert owner(world, number) == jo.now.contact_id
    assert_each_is_somebody(world)


def test_two_contacts_become_one_and_not_each_other(world: World, second: str) -> None:
    writes(world, DIALLED)
    writes(world, USER, to=second)
    with world.database.reading() as connection:
        query = select(Message.id).where(Message.to_address == f"whatsapp:{USER}")
        request = connection.scalars(query).one()
    reply = sent(world, request)
    meanwhile(
        world, to_ours(DIALLED, user_id=USER),
        to_ours(DIALLED, replied_to=reply, sender=second),
    )  # fmt: skip
    assert owner(world, DIALLED) == owner(world, USER)
    assert_each_is_somebody(world)


def to_ours(address: str, sender: str = WHATSAPP, **more: Any) -> Inbound:
    return Inbound(new_sid(), sender, address, Heard("hello"), **more)


def meanwhile(world: World, first: Inbound, second: Inbound) -> None:
    """The second is heard while the first, which was heard, is not committed yet."""

    def hear(connection: Connection, inbound: Inbound) -> None:
        assert engine.receive(connection, [inbound], world.now, world.now) == ["taken"]

    def hear_second() -> None:
        with world.database.writing() as connection:
            hear(connection, second)

    with ThreadPoolExecutor(1) as thread:
        with world.database.writing() as connection:
            hear(connection, first)
            heard = thread.submit(hear_second)
            if world.database.name == "postgresql":
                eventually(lambda: waits(world), "the second waits for the first", 10)
        heard.result(30)


def waits(world: World) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with world.database.reading() as connection:
        return bool(connection.exec_driver_sql(query).scalar_one())


def assert_each_is_somebody(world: World) -> None:
    """Every contact has an address, or leads to one that does."""
    with world.database.reading() as connection:
        rows = connection.execute(select(Contact.id, Contact.joined_to))
        joined = {row.id: row.joined_to for row in rows}
        owners = set(connection.scalars(select(Address.contact_id)))
    assert {one for one in joined if joined[one] is None} == owners
    assert {other for other in joined.values() if other} <= owners
