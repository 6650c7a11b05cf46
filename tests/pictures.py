"""`make pictures`: README's pictures, taken anew of an organization that is made up for them.

The pages are the server's own, in Chromium; only the people and what they say are invented.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from bot.conversations import attachments, letters
from bot.conversations.attachments import read_file
from bot.conversations.letters import Letter
from bot.messaging.fates import Fate, Status
from bot.messaging.verdicts import verdict
from bot.people import organizations
from bot.store.db import open_database
from bot.store.migrate import upgrade
from tests.browsers import ARGUMENTS, CHROMIUM
from tests.console.browser.conftest import Desk, open_house, sitting
from tests.messaging.post_office import PostOffice
from tests.world import Friend, World

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SIZE = (1280, 800)
CAST = (
    "Ana Ruiz", "Benedikt Vogel", "Chiara Conti", "Dmitri Sokolov", "Élodie Martin",
    "Farid Haddad", "Grace Okafor", "Hiroshi Tanaka", "Ines Pereira", "Jun Park",
)  # fmt: skip
OTHERS = 45
NOT_ON_WHATSAPP = 63024
POLICY = """<body style="margin:0"><h1 style="margin:0;padding:34px 36px 90px;color:#fff;
font:600 27px system-ui;background:linear-gradient(120deg,#2b7d69,#58b99c)">Your policy at a glance
</h1></body>"""


class Town:
    """What has happened by the time at which the pictures are taken."""

    def __init__(self, world: World, policy: bytes) -> None:
        self.world = world
        self.policy = policy
        self.until, self.chance = world.now, random.Random(7)
        world.now -= timedelta(days=8)
        with world.database.writing() as connection:
            organizations.change(
                connection, world.organization_id, name="Acme Insurance", quiet_hours=""
            )
        self.cast = [
            world.contact(f"+1202555{1000 + place}", name=name) for place, name in enumerate(CAST)
        ]

    def comes_to_pass(self) -> None:
        """Everything, from the first request to this minute."""
        for place in range(OTHERS):
            self._somebody_is_asked(self.world.contact(f"+1202556{1000 + place}"))
        ana, benedikt, _, dmitri, elodie, farid, grace, *_ = self.cast
        self.world.now = self.until - timedelta(hours=26)
        self._is_asked(elodie)
        self.world.now = self.until - timedelta(hours=1)
        self.world.expire()
        self._is_asked(dmitri, "undelivered", NOT_ON_WHATSAPP)
        self._is_asked(farid)
        for friend, answer in ((benedikt, "No"), (grace, "Yes"), (ana, "Yes")):
            self._is_asked(friend)
            self._says(friend, answer)
        self._talks_with(ana)

    def _somebody_is_asked(self, friend: Friend) -> None:
        self.world.passes(hours=3, minutes=40)
        roll, pause = self.chance.random(), self.chance.choice((1, 1, 1, 2, 7, 50, 200))
        if roll < 0.15:
            return self._is_asked(friend, "undelivered", NOT_ON_WHATSAPP)
        self._is_asked(friend, "delivered")
        self.world.passes(minutes=pause)
        if roll < 0.85:
            self._says(friend, "Yes" if roll < 0.62 else "No")
        self.world.expire()
        return None

    def _talks_with(self, ana: Friend) -> None:
        self._writes(ana, "Thank you, Ana! Shall I send your policy here?")
        self._says(ana, "That would be great 👍 When does the new rate start?")
        with self.world.database.writing() as connection:
            file = read_file("policy.png", self.policy)
            kept = attachments.keep(connection, ana.key, file, self.world.now)
        self._writes(ana, "On 1 December. You need to do nothing.", kept)

    def _is_asked(
        self, friend: Friend, status: Status = "delivered", code: int | None = None
    ) -> None:
        friend.is_asked()
        self._leaves(status, code)

    def _says(self, friend: Friend, text: str) -> None:
        self.world.passes(minutes=2)
        friend.says(text)
        self._leaves("read")

    def _writes(self, friend: Friend, text: str, file: dict[str, str] | None = None) -> None:
        self.world.passes(minutes=1)
        with self.world.database.writing() as connection:
            letter = Letter(friend.key, "agent@example.org", text, media=file)
            letters.write(connection, letter, self.world.now)
        self._leaves("read")

    def _leaves(self, status: Status, code: int | None = None) -> None:
        """All that is queued leaves, and this becomes of it."""
        office = PostOffice(self.world)
        why = verdict(code) if code else None
        while claimed := office.claims():
            for one in claimed:
                sid = f"SM{one.row['id'].hex}"
                office.records(Fate(one.key, status, sid, why, one.attempt))
            self.world.passes(seconds=1)


def take(desk: Desk, town: Town) -> None:
    """Open the pages and take their pictures."""
    ana, chiara = town.cast[0], town.cast[2]
    desk.opens("/contacts").wait_for_load_state("networkidle")
    keep(desk.page, "contacts")
    desk.page.locator(f'a[data-prompt][href*="{chiara.now.contact_id}"]').first.click()
    desk.page.get_by_label("They are an existing client").check()
    keep(desk.page, "prompt")
    desk.opens(f"/conversations/{ana.key[1]}").get_by_text("Live", exact=True).wait_for()
    keep(desk.page, "conversation")
    desk.opens("/report").wait_for_load_state("networkidle")
    keep(desk.page, "report", whole=True)


def keep(page: Page, name: str, *, whole: bool = False) -> None:
    """Keep what is seen as a file."""
    page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)
    print(f"docs/pictures/{name}.png")  # noqa: T201 - what the command tells


def draw(chromium: Browser) -> bytes:
    """The picture that the agent sends along."""
    page = chromium.new_page(viewport={"width": 480, "height": 140})
    page.set_content(POLICY)
    return page.screenshot()


def main() -> None:
    """Make the organization, look at it, and put it away."""
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        database = open_database(f"sqlite:///{folder}/assent.db")
        upgrade(database)
        database.close()
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        with open_house(folder) as house:
            town = Town(house.world, draw(chromium))
            town.comes_to_pass()
            assert town.world.now <= datetime.now(UTC)
            with sitting(chromium, house, "agent", size=SIZE) as desk:
                take(desk, town)
        chromium.close()


if __name__ == "__main__":
    main()
