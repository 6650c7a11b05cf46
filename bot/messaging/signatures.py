"""Is it Twilio that calls? https://www.twilio.com/docs/usage/webhooks/webhooks-security"""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import quote

from twilio.request_validator import RequestValidator

from bot.config import Settings
from bot.messaging.forms import Form

LONGEST = 100
"""No signature of theirs is longer; 28 characters are usual."""


class Signatures:
    """Checks signatures against every token in use: two while one is being replaced."""

    def __init__(self, settings: Settings) -> None:
        self._public_url = settings.public_url or ""
        self._validators = [
            RequestValidator(token.get_secret_value()) for token in settings.twilio_auth_token
        ]

    def signed_url(self, environ: dict[str, Any]) -> str:
        """The address that Twilio called and signed: `PUBLIC_URL` and the target as it came.

        Never the framework's idea of it: that is decoded, and behind a proxy it is another host.
        """
        return self._public_url + raw_target(environ)

    def valid(self, environ: dict[str, Any], form: Form, signature: str) -> bool:
        """Whether one of our tokens signed this. Never raises, whatever came."""
        if not signature or len(signature) > LONGEST or not signature.isascii():
            return False
        url = self.signed_url(environ)
        return any(_signs(validator, url, form, signature) for validator in self._validators)


def raw_target(environ: dict[str, Any]) -> str:
    """Path and query as they stood in the request line, without a fragment."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw and str(raw).startswith("/"):
        return str(raw).split("#", 1)[0]
    path = quote(
        (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode(
            "latin-1", "replace"
        ),
        safe="/:@!$&'()*+,;=-._~",
    )
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _signs(validator: RequestValidator, url: str, form: Form, signature: str) -> bool:
    try:
        # As we were called, first: the library's own check makes two signatures every time, for
        # calls that name a standard port and calls that do not.
        if same(validator.compute_signature(url, form), signature):
            return True
        return bool(validator.validate(url, form, signature))
    except (ValueError, TypeError, UnicodeError):
        return False


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
