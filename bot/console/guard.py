"""What every request and every answer goes through: no foreign forms, files or frames."""

from __future__ import annotations

import hashlib
from functools import partial
from itertools import chain
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request
from flask.blueprints import BlueprintSetupState

from bot.config import Settings
from bot.conversations.attachments import LARGEST
from bot.messaging.signatures import same

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Our own files and nothing else; no script and no style in a page itself."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""The referrer goes to ourselves alone. Not to nobody: browsers would then call the origin of our
own forms `null`."""

SENDING = "console.send"
"""The one form that a file goes along with; all others are small."""

ROOM = 100_000
"""Bytes of a form beside its file."""

YEAR = 365 * 24 * 3600
SAFE = ("GET", "HEAD", "OPTIONS")
STRANGER = "This form was not sent from a page of this server. Open the page again and repeat it."
UNKEPT = "The character NUL cannot be kept. Take it out of what you wrote, and send it again."


def add_to(blueprint: Blueprint, settings: Settings) -> None:
    """Check every request to the console, and give every answer of the server its headers."""
    secure = is_secure(settings)
    ours = urlsplit(settings.public_url or "").netloc

    # First of all: the next one reads the form.
    blueprint.before_request(_take_files)

    @blueprint.before_request
    def refuse_strangers() -> None:
        """Take no form (403) that was not sent from a page of ours."""
        if request.method not in SAFE:
            if not _came_from_us(ours):
                abort(403, STRANGER)
            token = request.cookies.get(cookie_name(secure))
            given = request.headers.get("X-Csrf") or request.form.get("csrf", "")
            if token and not same(given, csrf_of(token)):
                abort(403, STRANGER)

    @blueprint.before_request
    def refuse_what_cannot_be_kept() -> None:
        """Take no NUL (400): PostgreSQL keeps none, and would seem to be away."""
        if _holds_nul():
            abort(400, UNKEPT)

    blueprint.record_once(partial(_protect_browsers, promised=_promised(secure)))


def _protect_browsers(state: BlueprintSetupState, promised: list[tuple[str, str, str]]) -> None:
    @state.app.after_request
    def protect(answer: Response) -> Response:
        """Add the headers that the answer does not have yet."""
        _add_missing(answer, promised)
        return answer


def _add_missing(answer: Response, promised: list[tuple[str, str, str]]) -> None:
    named = {name.lower() for name, _ in answer.headers}
    for lowered, name, value in promised:
        if lowered not in named:
            answer.headers.add(name, value)


def _promised(secure: bool) -> list[tuple[str, str, str]]:
    """The headers of every answer that does not set them itself: lowered name, name, value."""
    headers = HEADERS | {"Cache-Control": "no-store"}
    if secure:
        headers |= {"Strict-Transport-Security": f"max-age={YEAR}; includeSubDomains"}
    return [(name.lower(), name, value) for name, value in headers.items()]


def _take_files() -> None:
    if request.endpoint == SENDING:
        request.max_content_length = LARGEST + ROOM


def is_secure(settings: Settings) -> bool:
    """Whether people come by https."""
    return (settings.public_url or "").startswith("https://")


def cookie_name(secure: bool) -> str:
    """What the session's cookie is called: by its prefix no other host may set it."""
    return "__Host-session" if secure else "session"


def csrf_of(token: str) -> str:
    """What a form of this session carries; the session cannot be told from it."""
    return hashlib.sha256(f"form:{token}".encode("utf-8", "surrogateescape")).hexdigest()


def _came_from_us(ours: str) -> bool:
    """By what the browser says and no page can forge; `Origin` is for browsers of before 2023.

    https://web.dev/articles/fetch-metadata
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in ("same-origin", "none")
    try:
        origin = urlsplit(request.headers.get("Origin", "")).netloc
    except ValueError:
        return False
    return bool(origin) and origin in (ours, request.host)


def _holds_nul() -> bool:
    """Whether the character NUL stands in an address, a form, or the name of a file."""
    given = [request.path, *chain(*request.values.items(multi=True))]
    given += [file.filename or "" for file in request.files.values()]
    return any("\0" in one for one in given)
