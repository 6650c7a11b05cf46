"""Which status callback URLs are accepted."""

import re
from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from bot.simulator.rest.errors import Refused

_HOST = re.compile(r"[a-z0-9:.-]+", re.IGNORECASE | re.ASCII)


def status_callback(form: MultiDict[str, str]) -> str | None:
    """Return the StatusCallback; raise Refused unless it is http(s) on a host without `_`.

    Unlike Twilio's, the stand-in's callbacks may go to localhost.
    """
    url = form.get("StatusCallback")
    if not url:
        return None
    if not _is_valid(url):
        raise Refused(21609, f"The StatusCallback URL {url} is not a valid URL.")
    return url


def _is_valid(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and _HOST.fullmatch(parts.hostname or "") is not None
