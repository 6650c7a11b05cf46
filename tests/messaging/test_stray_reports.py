"""Reports on messages of nobody: some are kept for a person, and a flood of them is not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from bot.messaging import callbacks, stray_reports
from bot.messaging.forms import Callback
from bot.store.models import Delivery, Message, Problem, StrayReport
from tests.counting import statements
from tests.messaging.conftest import Twilio
from tests.world import Friend, World, new_sid


@pytest.fixture
def jo(world: World) -> Friend:
    friend = world.contact()
    friend.is_asked()
    return friend


def report(token: str = "nobodys", sid: str = "", status: str = "sent") -> Callback:
    return Callback(token, sid or new_sid(), status, None, "")


def come(world: World, *reports: Callback) -> list[str]:
    with world.database.writing() as connection:
        return list(callbacks.take(connection, reports, world.now))


def kept(world: World) -> list[str]:
    with world.database.reading() as connection:
        return [one.sid for one in stray_reports.latest(connection, 10_000)]


def times(world: World) -> int:
    with world.database.reading() as connection:
        return connection.scalars(select(Problem.count)).one()


def token_of(friend: Friend) -> str:
    with friend.world.database.reading() as connection:
        return str(connection.scalar(select(Message.token).where(Message.id == friend.request_id)))


def test_a_flood_leaves_the_latest_and_a_number(world: World) -> None:
    come(world, *(report() for _ in range(stray_reports.MOST)))
    assert len(kept(world)) == stray_reports.MOST
    world.passes(seconds=1)
    newest = report()
    come(world, newest)
    come(world, *(report() for _ in range(3 * stray_reports.MOST)))
    assert len(kept(world)) == stray_reports.MOST, "in one moment, too"
    world.passes(seconds=1)
    come(world, newest)
    assert kept(world)[0] == newest.sid
    assert times(world) == 4 * stray_reports.MOST + 2


def test_one_or_forty_cost_as_many_statements(world: World) -> None:
    for count in (1, 40):
        with statements(world.database) as sent:
            come(world, *(report() for _ in range(count)))
        assert len(sent) == 5, sent


def test_known_ones_cost_nothing_more(world: World, jo: Friend) -> None:
    with statements(world.database) as sent:
        come(world, report(token_of(jo)))
    assert not [one for one in sent if "stray_report" in one or "problem" in one]


def test_beside_strays_the_known_ones_are_noted(world: World, jo: Friend) -> None:
    mine, sid = report(token_of(jo)), new_sid()
    noted = come(world, report(), mine, report(sid=sid), report(sid=sid, status="read"))
    assert noted == ["unknown", "noted", "unknown", "unknown"]
    assert jo.lines[0].status == "sent"
    with world.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Delivery)) == 1
        query = select(StrayReport.status).where(StrayReport.sid == sid)
        assert connection.scalars(query).all() == ["read"]


def test_many_at_once_are_all_counted_and_none_is_turned_away(world: World, twilio: Twilio) -> None:
    sids = [new_sid() for _ in range(8)]

    def comes(number: int) -> int:
        return twilio.reports("nobodys", "sent", MessageSid=sids[number % 8]).status_code

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(comes, range(64))) == {200}
    assert sorted(kept(world)) == sorted(sids)
    assert times(world) == 64
