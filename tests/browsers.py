"""Debian's Chromium, driven by Playwright, and what axe has to say about a page in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 15_000
"""Milliseconds that a page may take to show something, on a machine with much else to do."""

OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that see colours; all others find the same in any theme."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process: Playwright cannot be started twice in one."""
    if not CHROMIUM.exists():
        pytest.skip("NOT TESTED in a browser: apt-get install --no-install-recommends chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield opened
        opened.close()


def barriers_on(page: Page, *rules: str) -> list[str]:
    """What axe finds on a page that keeps somebody from using it, by all its rules or these."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # It tells of everything that is right too, at length, unless it is told not to.
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def barriers_in_both_themes(page: Page) -> list[str]:
    """The same in light and, as far as colours go, in dark; of a page on which nothing moves."""
    found = barriers_on(page)
    page.emulate_media(color_scheme="dark")
    found += barriers_on(page, *OF_COLOURS)
    page.emulate_media(color_scheme="light")
    return found
