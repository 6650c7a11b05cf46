"""The report: who was asked, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from bot.conversations import report
from bot.conversations.figures import Figures
from bot.conversations.report import Cell, Period
from tests.world import NOON, World


def figures(world: World, **more: int) -> dict[str, int]:
    period = Period(NOON - timedelta(days=1), NOON + timedelta(days=9), exact_ids=False, **more)
    with world.database.reading() as connection:
        cells = report.cells(connection, world.organization_id, period)
    counted = dict.fromkeys((cell.outcome for cell in cells), 0)
    for cell in cells:
        counted[cell.outcome] += cell.count
    return counted


def test_every_outcome_is_counted_once(world: World) -> None:
    friends = [world.contact(f"+49151{n:08d}") for n in range(6)]
    for friend in friends:
        assert friend.is_asked() is None
    yes, no, later, _silent, back, _ = friends
    world.passes(minutes=2)
    yes.says("yes")
    no.says("no")
    back.says("yes")
    world.passes(hours=25)
    world.expire()
    later.says("yes")
    world.passes(hours=1)
    back.says("stop")
    assert figures(world) == {"in": 3, "out": 1, "silent": 2}


def test_asked_again_waits_again_and_counts_once(world: World) -> None:
    friend = world.contact()
    friend.is_asked()
    world.passes(hours=25)
    world.expire()
    assert figures(world) == {"silent": 1}
    friend.is_asked()
    assert figures(world) == {"waiting": 1}


def test_whose_consent_was_brought_in_meanwhile_waits_no_more(world: World) -> None:
    soon, late, stops, only = (world.contact(f"+49151{n:08d}") for n in range(4))
    for friend in (soon, late, stops):
        friend.is_asked()
    world.passes(minutes=2)
    assert {friend.consented_elsewhere() for friend in (soon, stops, only)} == {None}
    world.passes(hours=25)
    world.expire()
    assert late.consented_elsewhere() is None
    stops.says("stop")
    assert figures(world) == {"brought": 2, "out": 1}, "and who was never asked is not counted"


def test_a_withdrawal_later_leaves_the_yes_standing(world: World) -> None:
    friend = world.contact()
    friend.is_asked()
    world.passes(minutes=2)
    friend.says("yes")
    world.passes(minutes=2)
    friend.says("stop")
    period = Period(NOON - timedelta(days=1), NOON + timedelta(days=1), exact_ids=False)
    with world.database.reading() as connection:
        (cell,) = report.cells(connection, world.organization_id, period)
        half = report.median(connection, world.organization_id, period, 1)
    assert (cell.outcome, cell.slot, cell.withdrawn) == ("in", 1, 1)
    assert half == 120


def test_days_are_local_ones(world: World) -> None:
    friend = world.contact()
    friend.is_asked()
    world.passes(hours=11, minutes=30)
    friend.says("yes")
    days = []
    for shift in (0, 3600):
        period = Period(NOON, NOON + timedelta(days=1), shift, exact_ids=False)
        with world.database.reading() as connection:
            days.append(report.cells(connection, world.organization_id, period)[0].day)
    assert days[1] == (days[0] or 0) + 1


def test_the_ids_of_messages_bound_a_period(world: World) -> None:
    """Made now, though the story is set elsewhere: in the period by its date, and not by its id."""
    world.contact().is_asked()
    period = Period(NOON - timedelta(days=1), NOON + timedelta(days=1))
    with world.database.reading() as connection:
        assert report.cells(connection, world.organization_id, period) == []


def test_another_organizations_requests_are_not_counted(world: World) -> None:
    world.contact().is_asked()
    other = world.add_organization("Bolt", "whatsapp:+15550009000")
    period = Period(NOON - timedelta(days=1), NOON + timedelta(days=1), exact_ids=False)
    with world.database.reading() as connection:
        assert report.cells(connection, other, period) == []
        assert report.median(connection, other, period, 0) is None


def test_whose_consent_was_brought_in_is_asked_and_has_not_answered() -> None:
    cell = Cell(UUID(int=1), "brought", None, None, count=3, arrived=2, withdrawn=0)
    whole = Figures.of([cell])
    assert (whole.asked, whole.answered, whole.waiting) == (3, 0, 0)
    assert (whole.arrived, whole.unconfirmed) == (2, 1)
