"""What `flask up` says when everything answers."""

from __future__ import annotations

import http.client
import json
from typing import Any

from bot.cli.children import Children
from bot.cli.plan import House


class Welcome:
    """Waits for the processes to answer, then says what to open."""

    def __init__(
        self, children: Children, house: House, templates: dict[str, Any], invitation: str | None
    ) -> None:
        self._children = children
        self._house = house
        self._templates = templates
        self._invitation = invitation
        self._greeted = False

    def look(self) -> None:
        """See who answers by now."""
        stand_in = self._house.stand_in
        while stand_in and self._templates:
            sid, template = next(iter(self._templates.items()))
            if not _answers(stand_in, "PUT", f"/control/templates/{sid}", template):
                return
            del self._templates[sid]
        port = self._house.settings.port
        if not self._greeted and _answers(port, "GET", "/healthz"):
            self._greeted = True
            self._greet(f"http://127.0.0.1:{port}")

    def _greet(self, address: str) -> None:
        self._children.say(f"Ready. Open {address}/")
        if self._invitation:
            link = f"{address}/sign-in/link/{self._invitation}"
            self._children.say(f"Sign in as the admin, once with this link: {link}")
        if self._house.settings.simulator:
            self._children.say(f"The people who answer: {address}/simulator")
            self._children.say("Another day, from another terminal: flask clock advance 24h")
        self._children.say("Stop with Ctrl-C.")


def _answers(port: int, method: str, path: str, body: object = None) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1.0)
    content = json.dumps(body) if body else None
    try:
        connection.request(method, path, content, {"Content-Type": "application/json"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
