"""Clients nobody here wrote: Twilio's own for Node, as it comes from npm."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from .desk import ACCOUNT, TOKEN, WHATSAPP, Desk

VERSION = "6.2.0"
SCRIPT = Path(__file__).parent / "clients" / "twilio_client.cjs"


@pytest.fixture(scope="session")
def npm_folder() -> Path:
    """A folder outside the project where the package is installed; kept for the next run."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        pytest.skip("NOT TESTED against Twilio's client for Node: npm or node is not installed")
    folder = Path(tempfile.gettempdir()) / f"assent-npm-twilio-{VERSION}"
    if not (folder / "node_modules" / "twilio" / "package.json").exists():
        folder.mkdir(exist_ok=True)
        (folder / "package.json").write_text("{}", encoding="utf-8")
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts"]
        installed = subprocess.run(
            [*command, f"twilio@{VERSION}"], cwd=folder, capture_output=True, text=True, timeout=60
        )
        if installed.returncode:
            pytest.skip(f"NOT TESTED against Twilio's client for Node: {installed.stderr[-300:]}")
    return folder


def test_twilios_client_for_node_works(desk: Desk, npm_folder: Path) -> None:
    command = ["node", str(SCRIPT), str(npm_folder), desk.url, ACCOUNT, TOKEN]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=40)

    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    errors = {
        name: (seen[name]["name"], seen[name]["code"], seen[name]["status"])
        for name in ("refused", "forbidden", "absent")
    }
    assert seen["created"] == {"status": "queued", "direction": "outbound-api", "isDate": True}
    assert seen["fetched"] == "read"
    assert seen["pages"] == ["number 3", "number 2", "number 1", "number 0"]
    assert errors == {
        "refused": ("RestException", 21211, 400),
        "forbidden": ("RestException", 20003, 401),
        "absent": ("RestException", 20404, 404),
    }
    assert seen["refused"]["moreInfo"] == "https://www.twilio.com/docs/errors/21211"
    assert (seen["account"], seen["senders"]) == ("active", [WHATSAPP])
    assert [(one["body"], one["valid"]) for one in seen["webhooks"]] == [
        ("Grüße & 👋", True),
        ("Grüße & 👋x", False),
        ("sent", True),
        ("delivered", True),
        ("read", True),
    ]
