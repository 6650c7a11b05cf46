"""The floor over HTTP: no framework, the raw driver, and a commit for all who wait.

`DATABASE_URL` names the database. It checks signatures and writes every row of a reply, and
decides, reads and refuses nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from benchmarks.floor import floor_of
from benchmarks.places import Place

MOST = 64
ANSWER = [b"<Response/>"]
TOKEN = os.environ["TWILIO_AUTH_TOKEN"].encode()
PUBLIC_URL = os.environ["PUBLIC_URL"]

_url = os.environ["DATABASE_URL"]
_floor = floor_of(Place("sqlite" if _url.startswith("sqlite") else "postgresql", _url))
_waiting: deque[tuple[tuple[str, str], SimpleQueue[bool]]] = deque()
_way = Lock()

Environ = dict[str, Any]


def app(environ: Environ, start: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """Take a reply, or say that we are alive."""
    status = "200 OK"
    if environ["REQUEST_METHOD"] == "POST":
        form = dict(parse_qsl(environ["wsgi.input"].read().decode(), keep_blank_values=True))
        if _signed(environ, form):
            _hear((form["From"].removeprefix("whatsapp:"), form["MessageSid"]))
        else:
            status = "403 Forbidden"
    start(status, [("Content-Type", "text/xml"), ("Content-Length", "11")])
    return ANSWER


def _signed(environ: Environ, form: dict[str, str]) -> bool:
    said = PUBLIC_URL + environ["PATH_INFO"] + "".join(name + form[name] for name in sorted(form))
    digest = base64.b64encode(hmac.new(TOKEN, said.encode(), hashlib.sha1).digest()).decode()
    return hmac.compare_digest(digest, environ.get("HTTP_X_TWILIO_SIGNATURE", ""))


def _hear(reply: tuple[str, str]) -> None:
    """Have a reply written, with all that wait for the same commit."""
    bell: SimpleQueue[bool] = SimpleQueue()
    _waiting.append((reply, bell))
    while bell.empty() or not bell.get():
        if _way.acquire(blocking=False):
            _lead()
        elif bell.get():
            return


def _lead() -> None:
    try:
        batch = [_waiting.popleft() for _ in range(min(MOST, len(_waiting)))]
        if batch:
            _floor.receive([reply for reply, _ in batch], datetime.now(UTC))
    finally:
        _way.release()
    for _, bell in batch:
        bell.put(True)
    with suppress(IndexError):
        _waiting[0][1].put(False)
