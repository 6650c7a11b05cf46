"""Rows are found by their keys, however many kinds of keys a statement names."""

from __future__ import annotations

from sqlalchemy import select

from bot.store.among import among_theirs
from bot.store.models import Conversation
from tests.world import World


def test_two_kinds_of_keys_in_one_statement(world: World) -> None:
    ours = world.organization_id
    jo, kim, _ = (world.contact(f"+4915100000{n:03d}") for n in range(3))
    both = [(ours, jo.now.contact_id), (ours, kim.now.contact_id)]
    with world.database.reading() as connection:
        found = connection.scalars(
            select(Conversation.id).where(
                among_theirs(connection, Conversation.contact_id, both),
                among_theirs(connection, Conversation.id, [jo.key]),
            )
        ).all()
    assert found == [jo.key[1]]
