"""HTTP to one address, from many threads."""

from __future__ import annotations

import threading
from typing import Any

import requests

_threads = threading.local()


class Site:
    """A base address and, if needed, the token that opens it."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: Any) -> requests.Response:
        """GET a path."""
        return self._ask("GET", path, params=query or None)

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        """POST JSON to a path."""
        return self._ask("POST", path, json={} if body is None else body, headers=headers)

    def put(self, path: str, body: Any) -> requests.Response:
        """PUT JSON to a path."""
        return self._ask("PUT", path, json=body)

    def delete(self, path: str) -> requests.Response:
        """DELETE a path."""
        return self._ask("DELETE", path)

    def answers(self, path: str) -> requests.Response | None:
        """What a path answers, None when nobody listens or answers."""
        try:
            return self.get(path)
        except (requests.ConnectionError, requests.Timeout):
            return None

    def _ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = self._headers | more.pop("headers", {})
        return _session().request(method, self.url + path, headers=headers, timeout=30, **more)


def _session() -> requests.Session:
    """One session for each thread; the machine's proxies are not for 127.0.0.1."""
    if not hasattr(_threads, "session"):
        session = requests.Session()
        session.trust_env = False
        _threads.session = session
    found: requests.Session = _threads.session
    return found
