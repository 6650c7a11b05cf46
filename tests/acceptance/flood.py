"""A bulk request through the stand-in for Twilio, while workers are killed."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from bot.campaigns import course
from bot.campaigns.progress import progress_of
from tests.acceptance.processes import eventually
from tests.acceptance.town import ASK, Organization, Town

_phones = itertools.count(4916_010_000_000)


@dataclass
class Flood:
    """So many contacts asked at once, and how often each of them was."""

    town: Town
    organization: Organization
    count: int
    phones: list[str] = field(default_factory=list)
    kills: int = 0

    @classmethod
    def over(cls, town: Town, name: str, count: int, per_second: int) -> Flood:
        """An organization that may ask at any hour, as many as it likes."""
        organization = town.organization(name, channels=("whatsapp",), per_second=per_second)
        town.command("org", "set", name, "--quiet-hours", "none", "--messaging-limit", "unlimited")
        return cls(town, organization, count, [f"+{next(_phones)}" for _ in range(count)])

    def begins(self) -> str:
        """Ask everybody in a file; the id of the bulk request."""
        file = self.town.folder / f"{self.organization.name}.csv"
        lines = ["name,phone", *(f"Jo,{phone}" for phone in self.phones)]
        file.write_text("\n".join(lines), encoding="utf-8")
        basis = ("--basis", "existing client")
        made = self.town.asks("bulk", "ask", self.organization.name, "--file", str(file), *basis)
        return str(made["id"])

    def rages(self, campaign: str, kills: int, dice: random.Random) -> None:
        """Kill one worker after the other, while the next is at work already, on the way."""
        at_work, next_one = self.town.worker, self.town.second_worker
        stretch = self.count // (kills + 1)
        for kill in range(kills):
            self.town.begins(next_one)
            self._gets_to(campaign, kill * stretch + dice.randrange(1, stretch))
            if self.shown(campaign)[0] == "done":
                break
            at_work.kill()
            at_work, next_one = next_one, at_work
            self.kills += 1
        if not self.town.worker.is_running:
            self.town.begins(self.town.worker)
        self.town.second_worker.clear_away()

    def _gets_to(self, campaign: str, count: int) -> None:
        """Wait until so many have been asked."""

        def are_asked() -> bool:
            return bool(self.shown(campaign)[1].get("asked", 0) >= count)

        eventually(are_asked, f"{count} are asked", 120, 0.1)

    def ends(self, campaign: str, seconds: float) -> None:
        """Wait until everybody was asked and everything has arrived."""
        eventually(lambda: self.shown(campaign)[0] == "done", "it is done", seconds, 0.2)
        self.town.settles(seconds)

    def shown(self, campaign: str) -> tuple[str, dict[str, int]]:
        """How far it has come: its status, and how many contacts have which."""
        with self.town.database.reading() as connection:
            found = course.find(connection, UUID(campaign))
            progress = progress_of(connection, (found.organization_id, found.id))
        return found.status, progress.statuses

    @property
    def wrong(self) -> dict[str, int]:
        """Whoever heard the request another number of times than once."""
        mine = set(self.phones)
        heard = Counter({
            phone: count for (phone, text), count in self.town.twilio.heard.items()
            if phone in mine and text == ASK
        })  # fmt: skip
        return {phone: heard[phone] for phone in self.phones if heard[phone] != 1}
