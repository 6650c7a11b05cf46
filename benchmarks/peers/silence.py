"""What happens when a contact's time is up, for engines that bring no transaction with them."""

from __future__ import annotations

import json
import sys
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from benchmarks.floor import Floor, floor_of
from benchmarks.places import Place
from benchmarks.programs import peak_memory

_threads = threading.local()
LATER = timedelta(days=2)


def fall_silent(place: Place) -> None:
    """Write the rows of one conversation whose time is up, by the raw driver."""
    if not hasattr(_threads, "floor"):
        _threads.floor = floor_of(place)
    floor: Floor = _threads.floor
    if floor.expire(datetime.now(UTC) + LATER, 1) != 1:
        raise RuntimeError("no conversation was due")


def asked() -> tuple[Place, int]:
    """The database and the number of contacts that this program was started with."""
    url, count = sys.argv[1], int(sys.argv[2])
    return Place("sqlite" if url.startswith("sqlite") else "postgresql", url), int(count)


def plain_url(place: Place) -> str:
    """The address of a database in the words that every library reads."""
    return unquote(place.raw)


def tell(**found: float) -> None:
    """Print what was reached, and how much memory it took."""
    print(json.dumps(found | {"peak": peak_memory()}))
