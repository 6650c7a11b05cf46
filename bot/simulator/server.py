"""The server that is being tried out: its public API, and the clock of its simulation."""

import threading
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import requests

from bot.simulator.account import Account

_SECONDS: Final = 10.0


class ServerTrouble(RuntimeError):
    """The server does not answer, or refuses; `code` is its own word for why, if it gave one."""

    def __init__(self, words: str, status: int = 0, code: str = "") -> None:
        """Say what is wrong and what to do."""
        super().__init__(words)
        self.status = status
        self.code = code


@dataclass(slots=True)
class Server:
    """Where the server is and the token of its API; both are needed to play scenarios."""

    url: str | None = None
    token: str | None = None
    _threads: threading.local = field(default_factory=threading.local)

    def api(self, method: str, path: str, given: Any = None) -> dict[str, Any]:
        """Call the server's API, below `/api/v1`; raise ServerTrouble unless it does as asked."""
        if not self.token:
            raise ServerTrouble(
                "The stand-in has no token for the server's API. Give it one: start it with "
                "SIMULATOR_APP_TOKEN or --token, or PUT /control/server."
            )
        headers = {"Authorization": f"Bearer {self.token}"}
        return self._call(method, f"/api/v1{path}", given, headers=headers)

    def clock(self, account: Account, given: dict[str, Any]) -> float:
        """Move the server's clock; returns how many seconds it is ahead now."""
        auth = (account.sid, account.auth_token)
        answer = self._call("POST", "/simulator/clock", given, auth=auth)
        return float(answer["ahead_seconds"])

    def deadlines(self, account: Account, of: list[str]) -> dict[str, Any]:
        """Ask what the server will do next, and how the named conversations stand."""
        auth = (account.sid, account.auth_token)
        return self._call("GET", f"/simulator/deadlines?of={quote(','.join(of))}", None, auth=auth)

    def _call(self, method: str, path: str, given: Any, **more: Any) -> dict[str, Any]:
        if not self.url:
            raise ServerTrouble(
                "The stand-in does not know the server. Tell it: start it with "
                "SIMULATOR_APP_URL or --app, or PUT /control/server."
            )
        try:
            answer = self._session().request(
                method, self.url + path, json=given, timeout=_SECONDS, **more
            )
        except requests.RequestException as error:
            raise ServerTrouble(f"The server at {self.url} does not answer: {error}") from None
        return _read(answer, path)

    def _session(self) -> requests.Session:
        """One session per thread: proxies and .netrc of the machine must not touch a call."""
        if not hasattr(self._threads, "session"):
            self._threads.session = requests.Session()
            self._threads.session.trust_env = False
        session: requests.Session = self._threads.session
        return session


def _read(answer: requests.Response, path: str) -> dict[str, Any]:
    try:
        given = answer.json()
    except ValueError:
        given = {}
    if answer.ok and isinstance(given, dict):
        return given
    code = str(given.get("code", "")) if isinstance(given, dict) else ""
    why = code or answer.reason or "no JSON"
    words = f"The server answered {answer.status_code} to {path}: {why}"
    raise ServerTrouble(words, answer.status_code, code)
