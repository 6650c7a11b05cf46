"""Browsers in which people click through the console, before real processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.acceptance.town import Contact, Organization, Town

PASSWORD = "a long enough password"


class Office:
    """An organization in a running town, and the browsers of those who work there."""

    def __init__(self, town: Town, browser: Browser) -> None:
        self.town = town
        self.acme: Organization = town.organization("Acme", "--sms", "disclaimer")
        self.outside: list[str] = []
        self.mistakes: list[str] = []
        self._browser = browser
        self._states: dict[str, Any] = {}

    def page(self, email: str = "ana@example.org", **how: Any) -> Page:
        """A page of somebody who has signed in, in a browser of their own."""
        state = self._states.get(email) or self._sign_in(email)
        return self._watched(self._browser.new_context(storage_state=state, **how).new_page())

    def conversation(self, contact: Contact) -> str:
        """Where a conversation is."""
        return f"{self.town.url}/conversations/{contact.conversation}"

    def _sign_in(self, email: str) -> Any:
        added = self.town.asks("user", "add", email, "--org", "Acme", "--role", "agent")
        context = self._browser.new_context()
        page = self._watched(context.new_page())
        page.goto(self.town.url)
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(added["password"])
        page.get_by_role("button", name="Sign in").click()
        page.locator("input[type=password]").first.fill(PASSWORD)
        page.locator("main button[type=submit]").click()
        page.wait_for_url("**/contacts*")
        self._states[email] = context.storage_state()
        context.close()
        return self._states[email]

    def _watched(self, page: Page) -> Page:
        page.on("request", lambda request: self._note(request.url))
        page.on("pageerror", lambda error: self.mistakes.append(str(error)))
        page.on("console", lambda said: self._hear(said.text))
        return page

    def _hear(self, said: str) -> None:
        if "Content Security" in said:
            self.mistakes.append(said)

    def _note(self, url: str) -> None:
        if not url.startswith((self.town.url, "data:", "blob:")):
            self.outside.append(url)


@contextmanager
def office(folder: Path, browser: Browser) -> Iterator[Office]:
    """A town on SQLite with one organization; its processes end with the block."""
    town = Town.start(f"sqlite:///{folder}/assent.db", folder)
    try:
        yield Office(town, browser)
    finally:
        town.end()
