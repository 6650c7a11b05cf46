"""What several test files start only once when they run on several workers.

A worker takes a file as a whole, and processes or a browser that a fixture has started live as long
as the worker. Files that use the same ones therefore go to the same worker, one after the other.
"""

from __future__ import annotations

import re

from xdist.scheduler import LoadFileScheduling

SHARED = {
    "the town on PostgreSQL": re.compile("tests/acceptance/.*postgresql"),
    "the town on SQLite": re.compile("tests/acceptance/"),
    "the console in a browser": re.compile("tests/console/browser/"),
    "the house of the simulator": re.compile(
        "tests/simulator/(browser/|test_scenarios|test_storm)"
    ),
}
"""What is shared, and the tests that share it, by how their ids begin."""

FIRST = ("the town on PostgreSQL", "the town on SQLite", "the house of the simulator")
"""What takes longest, and waits more than it computes. The console comes in its turn."""


class Sharing(LoadFileScheduling):  # type: ignore[misc]  # the package ships no types
    """Hands out files, and what shares something as if it were one file."""

    def _split_scope(self, nodeid: str) -> str:
        return shared_by(nodeid) or super()._split_scope(nodeid)


def shared_by(nodeid: str) -> str | None:
    """What a test shares with the tests of other files."""
    return next((name for name, tests in SHARED.items() if tests.match(nodeid)), None)
