"""Debian's Chromium, driven by Playwright; whoever has none is told that nothing was tested."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.simulator.house import House


@pytest.fixture(scope="session")
def window(chromium: Browser, house: House) -> Iterator[tuple[Page, Complaints]]:
    """One window for all tests: opening one takes longer than most of them."""
    size = {"width": 1280, "height": 900}
    context = chromium.new_context(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page, Complaints(page, house)
    context.close()


@pytest.fixture
def page(window: tuple[Page, Complaints], house: House) -> Iterator[Page]:
    """The page of the simulator, loaded anew; what it complains of fails the test."""
    opened, complaints = window
    opened.goto(f"{house.stand_in.url}/simulator")
    opened.wait_for_selector("#connection.good")
    yield opened
    assert complaints.taken() == []


class Complaints:
    """What goes wrong in the page, and requests that leave the stand-in."""

    def __init__(self, page: Page, house: House) -> None:
        self._own = house.stand_in.url
        self._heard: list[str] = []
        page.on("pageerror", lambda error: self._heard.append(str(error)))
        page.on("console", lambda line: self._hear(line.type, line.text))
        page.on("request", self._look)

    def taken(self) -> list[str]:
        """What was heard since the last time."""
        heard, self._heard = self._heard, []
        return heard

    def _hear(self, kind: str, text: str) -> None:
        # The browser itself notes every refusal that a person's mistake is answered with.
        if kind == "error" and "the server responded with a status of" not in text:
            self._heard.append(text)

    def _look(self, request: Request) -> None:
        if not request.url.startswith((self._own, "data:")):
            self._heard.append(f"asked {request.url}")
