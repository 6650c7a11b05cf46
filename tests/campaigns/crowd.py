"""A crowd to ask at once, in the world of the stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from bot.campaigns import beginning, course, forecast, room, step
from bot.campaigns.beginning import Plan
from bot.campaigns.candidates import Candidate, Finder
from bot.campaigns.forecast import Prospect
from bot.campaigns.progress import Progress, progress_of
from bot.conversations.held import Key
from bot.people.contact_file import read
from bot.people.senders import House, house_of
from bot.store.models import Message, Organization, Sender
from tests.world import Friend, World

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

houses = count(1)
"""Numbers for organizations of stories that are told many times in one database."""


@dataclass(frozen=True)
class Crowd:
    """Those who are asked at once, and the one who asks."""

    world: World

    def chooses(self, **values: Any) -> None:
        """The organization changes a setting."""
        self._set(Organization, values)

    def sends(self, **values: Any) -> None:
        """The senders change."""
        self._set(Sender, values)

    def file(self, phones: Iterable[str]) -> list[Candidate]:
        """The lines of a file with these numbers."""
        return list(read(chain(["name,phone"], (f"Jo,{phone}" for phone in phones))))

    def found(self, **finder: str) -> list[Candidate]:
        """Contacts that are found."""
        world = self.world
        with world.database.reading() as connection:
            house = house_of(connection, world.organization_id, "whatsapp")
            return list(Finder(**finder).candidates(connection, house))

    def foresees(self, candidates: list[Candidate]) -> list[Prospect]:
        """What would come of asking them now."""
        with self.world.database.reading() as connection:
            house = self.world.house()
            return list(forecast.look(connection, house, candidates, self.world.now))

    def begins(self, candidates: list[Candidate], house: House | None = None) -> Asking:
        """The bulk request begins, from the first sender unless another is named."""
        house = house or self.world.house()
        plan = Plan(house, "agent", "asked for it on a form", "people.csv")
        campaign = beginning.begin_bit_by_bit(self.world.database, plan, candidates, self.world.now)
        return Asking(self.world, campaign, house.sender_id)

    def leaves(self) -> int:
        """The outbox hands everything over."""
        with self.world.database.writing() as connection:
            queued = update(Message).where(Message.status == "queued")
            gone = queued.values(status="sent", due_at=None, sent_at=self.world.now)
            return connection.execute(gone).rowcount

    def requests(self) -> Counter[str]:
        """How many requests each address was sent."""
        query = select(Message.to_address, func.count()).where(
            Message.organization_id == self.world.organization_id, Message.request
        )
        with self.world.database.reading() as connection:
            rows = connection.execute(query.group_by(Message.to_address)).all()
        return Counter({row[0].removeprefix("whatsapp:"): row[1] for row in rows})

    def reach(self) -> tuple[int | None, datetime | None]:
        """How many more the organization may reach, and if nobody, from when on it may."""
        with self.world.database.reading() as connection:
            return room.in_reach(connection, self.world.house(), self.world.now)

    def reached(self) -> int:
        """How many people got a template from any sender in 24 hours, or will get one."""
        query = select(Message.to_address, Message.sent_at).where(
            Message.organization_id == self.world.organization_id, Message.content_sid.is_not(None)
        )
        with self.world.database.reading() as connection:
            rows = connection.execute(query).all()
        day = timedelta(hours=24)
        return len({to for to, at in rows if at is None or self.world.now - at < day})

    def _set(self, model: Any, values: dict[str, Any]) -> None:
        with self.world.database.writing() as connection:
            connection.execute(update(model).values(**values))


@dataclass(frozen=True)
class Asking:
    """A bulk request under way."""

    world: World
    campaign: Key
    sender_id: UUID

    def goes_on(self, limit: int = step.BATCH) -> int:
        """The worker asks the next; how many."""
        with self.world.database.writing() as connection:
            return len(step.ask_next(connection, self.sender_id, self.world.now, limit))

    def is_killed_while_it_goes_on(self) -> None:
        """The worker dies before it commits."""

        class Killed(Exception):
            pass

        try:
            with self.world.database.writing() as connection:
                step.ask_next(connection, self.sender_id, self.world.now, 3)
                raise Killed
        except Killed:
            pass

    def runs_out(self) -> None:
        """The worker and the outbox go on until nobody can be asked at this moment."""
        Crowd(self.world).leaves()
        while self.goes_on():
            Crowd(self.world).leaves()

    def does(self, deed: str) -> None:
        """An agent lets it pause, resume or be cancelled."""
        with self.world.database.writing() as connection:
            course.do(connection, self.campaign, deed, self.world.now)

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        with self.world.database.reading() as connection:
            return progress_of(connection, self.campaign)

    @property
    def status(self) -> str:
        """The status of the whole."""
        return str(self._row.status)

    @property
    def obstacle(self) -> str | None:
        """What keeps all of it."""
        found: str | None = self._row.obstacle
        return found

    @property
    def fates(self) -> dict[str | None, tuple[str, str | None]]:
        """Status and reason by address."""
        with self.world.database.reading() as connection:
            rows = list(course.rows(connection, self.campaign))
        return {row.address: (row.status, row.reason) for row in rows}

    @property
    def _row(self) -> Any:
        with self.world.database.reading() as connection:
            return course.find(connection, self.campaign[1])


def numbers(count: int, first: int = 0) -> list[str]:
    """So many numbers in Germany."""
    return [f"+49151{first + place:08d}" for place in range(count)]


def friends(world: World, phones: Iterable[str]) -> list[Friend]:
    """Contacts with these numbers."""
    return [world.contact(phone) for phone in phones]
