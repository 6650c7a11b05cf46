"""HTTP to Twilio, or to whatever stands in for it."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from twilio.http import HttpClient
from twilio.http.response import Response


class NeverSent(Exception):
    """The request did not leave: nothing can have come of it, and it may be made again."""


class NoAnswer(Exception):
    """The request may have been received, and what came of it is unknown."""


class Wire(HttpClient):  # type: ignore[misc]  # the package ships no types
    """The SDK's way out over one pool of connections, with a time limit and one base address.

    The SDK's own client waits for ever, and cannot be pointed at another host.
    """

    def __init__(self, api_url: str, seconds: float, connections: int) -> None:
        self._origin = api_url
        self._pool = urllib3.PoolManager(
            maxsize=connections,
            block=True,
            retries=False,
            timeout=urllib3.Timeout(connect=min(seconds, 5.0), read=seconds),
        )

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the SDK's signature; ours is the pool's
        allow_redirects: bool = False,  # noqa: ARG002 - never: a redirected POST loses its form
    ) -> Response:
        """Make one request. Raises `NeverSent` or `NoAnswer` when no answer came."""
        try:
            answer = self._pool.request(
                method.upper(),
                self._address(url, params),
                body=urlencode(_present(data), doseq=True) if data else None,
                headers=_headers(headers, auth, form=bool(data)),
                redirect=False,
            )
        except (
            urllib3.exceptions.NewConnectionError,
            urllib3.exceptions.ConnectTimeoutError,
        ) as error:
            raise NeverSent(f"could not reach {self._origin}: {error}") from error
        except urllib3.exceptions.HTTPError as error:
            raise NoAnswer(f"{self._origin} gave no answer: {error}") from error
        return Response(answer.status, answer.data.decode("utf-8", "replace"))

    def _address(self, url: str, params: dict[str, object] | None) -> str:
        asked = urlsplit(url)
        query = "&".join(
            part for part in (asked.query, urlencode(_present(params), doseq=True)) if part
        )
        return f"{self._origin}{asked.path}" + (f"?{query}" if query else "")


def _present(fields: dict[str, object] | None) -> dict[str, Any]:
    return {name: value for name, value in (fields or {}).items() if value is not None}


def _headers(
    headers: dict[str, str] | None, auth: tuple[str, str] | None, *, form: bool
) -> dict[str, str]:
    all_headers = dict(headers or {})
    if form:
        all_headers["Content-Type"] = "application/x-www-form-urlencoded"
    if auth:
        token = base64.b64encode(":".join(auth).encode()).decode()
        all_headers["Authorization"] = f"Basic {token}"
    return all_headers
