"""Pages of a list, in the shape of Twilio's 2010 API.

https://www.twilio.com/docs/usage/twilios-response#pagination
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from bot.simulator.rest.errors import Refused

USUAL_SIZE: Final = 50
LARGEST_SIZE: Final = 1000
_TOKEN: Final = "PA"  # noqa: S105 - Twilio's word for a place in a list


class Named(Protocol):
    """Anything that is listed by its sid."""

    @property
    def sid(self) -> str:
        """Its sid."""
        ...


Listed = TypeVar("Listed", bound=Named)


@dataclass(frozen=True, slots=True)
class Page(Generic[Listed]):
    """One page: its items, and the frame of uris and counts around them."""

    items: Sequence[Listed]
    frame: dict[str, Any]


def paged(found: Sequence[Listed], arguments: Mapping[str, str], path: str) -> Page[Listed]:
    """Cut the page a query asks for.

    The token names the last item of the page before, so new ones shift nothing.
    """
    size = _number(arguments, "PageSize", USUAL_SIZE, least=1, most=LARGEST_SIZE)
    number = _number(arguments, "Page", 0, least=0, most=10**9)
    start = _start(found, arguments.get("PageToken"), number * size)
    items = found[start : start + size]
    more = start + size < len(found)
    filters = {name: text for name, text in arguments.items() if not name.startswith("Page")}
    frame = {
        "end": max(number * size + len(items) - 1, 0),
        "first_page_uri": _uri(path, filters, size, 0),
        "next_page_uri": _uri(path, filters, size, number + 1, items[-1].sid) if more else None,
        "page": number,
        "page_size": size,
        "previous_page_uri": _uri(path, filters, size, number - 1) if number else None,
        "start": number * size,
        "uri": _uri(path, filters, size, number),
    }
    return Page(items, frame)


def _start(found: Sequence[Listed], token: str | None, otherwise: int) -> int:
    if not token:
        return otherwise
    sids = [one.sid for one in found]
    last = token.removeprefix(_TOKEN)
    if last not in sids:
        raise Refused(20001, "Invalid PageToken")
    return sids.index(last) + 1


def _uri(
    path: str, filters: Mapping[str, str], size: int, number: int, after: str | None = None
) -> str:
    token = {"PageToken": _TOKEN + after} if after else {}
    query = {**filters, "PageSize": str(size), "Page": str(number), **token}
    return f"{path}?{urlencode(query)}"


def _number(arguments: Mapping[str, str], name: str, usual: int, least: int, most: int) -> int:
    text = arguments.get(name, "")
    if not text.isascii() or not text.isdigit():
        return usual
    return min(max(int(text), least), most)
