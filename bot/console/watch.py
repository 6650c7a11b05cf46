"""One look at the database for all open pages.

A page asks every other second whether anything changed. What was seen less than `FRESH` ago answers
all of them, and who looks next looks for all: two statements, however many pages are open.
"""

from __future__ import annotations

from threading import Lock
from uuid import UUID

from bot.console.pulses import pulses
from bot.people import sessions
from bot.runtime import Runtime

FRESH = 0.4
"""Seconds that a look answers for. With the pages' own 1.5 seconds a change shows within two."""

OPEN = 8.0
"""Seconds after which a page that did not ask again is looked at no more: closed, or hidden."""

Page = tuple[str, UUID]
"""A session, by the digest of its token, and the conversation that it has open."""


class Watch:
    """Knows the pulse of every open conversation, as it was a moment ago."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._looking = Lock()
        self._looked_at = float("-inf")
        self._asked: dict[Page, float] = {}
        self._seen: dict[Page, str] = {}

    def admit(self, page: Page, at: float) -> None:
        """Look at a page that was answered the whole way. Strangers' are not: they would add up.

        `at`: seconds of a clock that only goes forward.
        """
        self._asked[page] = at

    def pulse(self, page: Page, at: float) -> str | None:
        """The pulse that a page may compare with; None when it must ask the whole way.

        So must who was not admitted, has no session in force any more, or is in another house.
        """
        if page not in self._asked:
            return None
        self._asked[page] = at
        # Who finds somebody looking does not wait: what is known is hardly older than that.
        if at - self._looked_at >= FRESH and self._looking.acquire(blocking=False):
            try:
                self._look(at)
            finally:
                self._looking.release()
        return self._seen.get(page)

    def _look(self, at: float) -> None:
        asked = self._asked.copy()
        pages = [page for page, last in asked.items() if at - last <= OPEN]
        now, wall = self._runtime.clock.now(), self._runtime.clock.wall()
        with self._runtime.database.reading() as connection:
            present = sessions.in_force(connection, {digest for digest, _ in pages}, wall)
            keys = {(present[digest], talk) for digest, talk in pages if digest in present}
            found = pulses(connection, keys, now)
        self._seen = {
            (digest, talk): found[key]
            for digest, talk in pages
            if (key := (present.get(digest), talk)) in found
        }
        for page in asked.keys() - set(pages):
            self._asked.pop(page, None)
        self._looked_at = at
