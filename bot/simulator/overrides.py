"""How Twilio connects to a webhook, as the fragment of its URL overrides it.

`https://host/path#ct=2000&rc=3&rp=all`; the fragment itself is never sent nor signed.
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

CONNECT = "ct"
READ = "rt"


@dataclass(frozen=True, slots=True)
class Overrides:
    """Timeouts in seconds, how often to retry, and after which kinds of failure."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({CONNECT})

    def retries_after(self, failure: str | None) -> bool:
        """Say whether such a failure (ct, rt, 4xx, 5xx; None is success) is worth a retry."""
        return failure is not None and not self.retry_on.isdisjoint({failure, "all"})


def overrides(url: str) -> Overrides:
    """Read the overrides of a URL; what is missing or malformed keeps Twilio's default."""
    given = {name: values[-1] for name, values in parse_qs(urlsplit(url).fragment).items()}
    default = Overrides()
    return Overrides(
        connect=_number(given.get("ct"), 100, 10_000, default.connect * 1000) / 1000,
        read=_number(given.get("rt"), 100, 15_000, default.read * 1000) / 1000,
        total=_number(given.get("tt"), 100, 15_000, default.total * 1000) / 1000,
        retries=int(_number(given.get("rc"), 0, 5, default.retries)),
        retry_on=frozenset(given["rp"].split(",")) if "rp" in given else default.retry_on,
    )


def _number(text: str | None, least: int, most: int, default: float) -> float:
    if text is None or not text.isascii() or not text.isdigit():
        return default
    return min(max(int(text), least), most)
