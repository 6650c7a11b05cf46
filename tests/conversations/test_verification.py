"""The ledger held against itself, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.conversations import verification
from bot.store.models import Conversation
from tests.world import World


@pytest.mark.parametrize("page", [1, 3, 200])
def test_every_conversation_is_looked_at_once(
    world: World, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "PAGE", page)
    friends = [world.contact(f"+120255501{number:02d}") for number in range(7)]
    for friend in friends[:4]:
        friend.is_asked()
        friend.says("yes")
    world.add_organization("Other")
    checked = list(verification.verify(world.database))
    assert [one.conversation_id for one in checked] == sorted(friend.key[1] for friend in friends)
    assert sorted(one.entries for one in checked) == [0, 0, 0, 2, 2, 2, 2]
    assert not any(one.faults for one in checked)


def test_one_organization_or_one_conversation_can_be_chosen(world: World) -> None:
    friend = world.contact()
    friend.is_asked()
    other = world.add_organization("Other")
    assert list(verification.verify(world.database, other)) == []
    assert len(list(verification.verify(world.database, conversation_id=friend.key[1]))) == 1


def test_a_state_that_nothing_led_to_is_found(world: World) -> None:
    jo, al = world.contact("+12025550101"), world.contact("+12025550102")
    jo.is_asked()
    al.is_asked()
    with world.database.writing() as connection:
        changed = update(Conversation).where(Conversation.id == al.key[1])
        connection.execute(changed.values(state="opted_in"))
    faulty = [one for one in verification.verify(world.database) if one.faults]
    assert [one.conversation_id for one in faulty] == [al.key[1]]
    assert "lead to 'requested', but the conversation is in 'opted_in'" in faulty[0].faults[0]
