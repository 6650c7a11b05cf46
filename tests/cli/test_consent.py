"""`flask consent import`."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Terminal
from tests.world import World

HEADER = "phone;source;date;evidence\n"
GOOD = "+4915112345678;shop form;2025-06-30;ticked the box\n"
BAD = "+4915112345679;shop form;2999-01-01;ticked the box\n"


def test_consents_are_looked_at_and_brought_in(
    flask: Terminal, acme: World, tmp_path: Path
) -> None:
    jo = acme.contact()
    file = tmp_path / "consents.csv"
    file.write_text(HEADER + GOOD + BAD, encoding="utf-8")
    command = ("consent", "import", str(file), "--org", "Acme")
    seen = flask(*command, "--dry-run")
    assert "1 would be brought in, 1 not." in seen.stdout
    assert "line 3: 2999-01-01 is still to come" in seen.stderr
    assert jo.state == "new"

    told = flask.json(*command)
    assert (told["imported"], told["reasons"]) == (1, {"unusable": 1})
    assert jo.state == "opted_in"
    assert "0 brought in, 2 not." in flask.does(*command)
    file.write_text(HEADER + BAD, encoding="utf-8")
    flask.fails(*command)
