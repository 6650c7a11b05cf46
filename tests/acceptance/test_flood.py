"""Hundreds asked at once by workers that are killed; `make chaos` does it with ten thousand."""

from __future__ import annotations

import random

from tests.acceptance.flood import Flood
from tests.acceptance.town import Town

CONTACTS = 80


def test_a_bulk_request_asks_each_contact_once(sqlite_town: Town) -> None:
    town = sqlite_town
    flood = Flood.over(town, "Flood", CONTACTS, per_second=10)
    campaign = flood.begins()
    flood.rages(campaign, kills=2, dice=random.Random(20261127))
    flood.ends(campaign, 90)
    assert flood.kills == 2
    assert flood.shown(campaign) == ("done", {"asked": CONTACTS})
    assert flood.wrong == {}
    assert town.is_proved() >= CONTACTS
