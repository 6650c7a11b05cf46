"""The control API of a running stand-in, as commands and tests use it."""

from typing import Any, Final
from urllib.parse import quote

import requests

_SECONDS: Final = 30.0


class NotReached(RuntimeError):
    """No stand-in answers at the address."""


class NotDone(RuntimeError):
    """The stand-in does not do what it was asked; the message says why."""


class Remote:
    """One running stand-in, by its address."""

    def __init__(self, url: str, seconds: float = _SECONDS) -> None:
        """Talk to the stand-in at this address, waiting so long for each answer."""
        self.url = url.rstrip("/")
        self._seconds = seconds
        self._session = requests.Session()
        # Proxies and .netrc of the machine must not touch a call to it.
        self._session.trust_env = False

    def get(self, path: str) -> Any:
        """Read something; raise NotReached or NotDone if it cannot be had."""
        return self.call("GET", path)

    def post(self, path: str, **given: Any) -> Any:
        """Have something done, and return what came of it."""
        return self.call("POST", path, given)

    def put(self, path: str, **given: Any) -> Any:
        """Change something, and return it as it is now."""
        return self.call("PUT", path, given)

    def delete(self, path: str) -> Any:
        """Take something away."""
        return self.call("DELETE", path)

    def call(self, method: str, path: str, given: Any = None) -> Any:
        """Make one call below `/control`."""
        url = f"{self.url}/control{path}"
        try:
            answer = self._session.request(method, url, json=given, timeout=self._seconds)
        except requests.RequestException as error:
            raise NotReached(
                f"No stand-in answers at {self.url} ({type(error).__name__}). "
                "Start one: flask sim up"
            ) from None
        if not answer.ok:
            raise NotDone(_why(answer))
        return answer.json() if answer.content else None

    def customer(self, name: str) -> Any:
        """Return a customer by phone number or user id, who comes into being if need be."""
        return self.put(f"/customers/{quote(name)}")


def _why(answer: requests.Response) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"The stand-in answered {answer.status_code}."
