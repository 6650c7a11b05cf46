"""Pages of a list, in the shape of Twilio's newer APIs: the items under a key, and `meta`.

https://www.twilio.com/docs/usage/twilios-response#pagination
"""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from flask import request

USUAL_SIZE: Final = 50
LARGEST_SIZE: Final = 1000


def meta_page(key: str, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Cut the page the request asks for.

    The addresses of other pages are this server's own: a client without a redirect of its own
    must not carry made-up credentials to Twilio.
    """
    size = min(max(_number("PageSize", USUAL_SIZE), 1), LARGEST_SIZE)
    number = _number("Page", 0)
    first = number * size
    more = first + size < len(items)
    meta = {
        "first_page_url": _url(size, 0),
        "key": key,
        "next_page_url": _url(size, number + 1) if more else None,
        "page": number,
        "page_size": size,
        "previous_page_url": _url(size, number - 1) if number else None,
        "url": _url(size, number),
    }
    return {key: list(items[first : first + size]), "meta": meta}


def _number(name: str, usual: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else usual


def _url(size: int, number: int) -> str:
    filters = {name: text for name, text in request.args.items() if not name.startswith("Page")}
    query = {**filters, "PageSize": str(size), "Page": str(number)}
    return f"{request.base_url}?{urlencode(query)}"
