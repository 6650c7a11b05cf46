"""A file as large as a page takes is taken in as it was shown, whatever letters stand in it."""

from __future__ import annotations

import html
import re
from io import BytesIO

import pytest
from sqlalchemy import func, select

from bot.console.importing import LARGEST
from bot.store.models import Contact
from tests.console.conftest import Browser
from tests.world import World

NAME = "李" * 190
"""Three bytes a letter, of which a form that is not told otherwise makes nine."""

PAGES = {
    "/contacts/import": ("name,phone", f"{NAME},+49151{{:08}}"),
    "/contacts/consents": (
        "name,phone,source,date,evidence", f"{NAME},+49151{{:08}},shop,2025-05-31,form {{:08}}",
    ),
    "/bulk/new": ("name,phone", f"{NAME},+49151{{:08}}"),
}  # fmt: skip


def file_of(page: str) -> tuple[bytes, int]:
    """The largest file that a page takes, and how many people stand in it."""
    columns, line = PAGES[page]
    count = (LARGEST - len(columns) - 1) // len(line.format(0, 0).encode() + b"\n")
    lines = [columns, *(line.format(place, place) for place in range(count))]
    return "\n".join(lines).encode(), count


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("page", PAGES)
def test_what_was_shown_can_be_confirmed(agent: Browser, world: World, page: str) -> None:
    content, count = file_of(page)
    form = {"file": (BytesIO(content), "people.csv"), "whom": "file", "basis": "form"}
    shown = agent.post(page, form, content_type="multipart/form-data")
    assert shown.status_code == 200
    (begun,) = re.findall(r"<form[^>]*>(?=(?:(?!<form).)*name=\"text\" hidden)", shown.text, re.S)
    told = re.findall(r'enctype="([^"]*)"', begun)
    # A browser ends the lines of what it sends with two characters.
    text = re.findall(r'name="text" hidden>\n(.*?)</textarea>', shown.text, re.S)[0]
    confirmed = {"confirmed": "yes", "text": html.unescape(text).replace("\n", "\r\n")}
    confirmed |= {"whom": "file", "basis_given": "form"}
    kind = told[0] if told else "application/x-www-form-urlencoded"
    assert agent.post(page, confirmed, content_type=kind).status_code == 303
    if page != "/bulk/new":
        with world.database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(Contact)) == count
