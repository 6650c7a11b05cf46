"""A request of the wire log as a command line that anybody can run."""

import shlex
from typing import Final

from bot.simulator.wire import INBOUND, Exchange

_CREDENTIALS: Final = '"$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"'


def as_curl(exchange: Exchange, origin: str) -> str:
    """Write the request for a shell; a call to the stand-in goes to its `origin`."""
    is_call = exchange.direction == INBOUND
    url = origin + exchange.url if is_call else exchange.url
    words = ["curl", "-i", "-X", exchange.method]
    words += [part for pair in _headers(exchange) for part in ("-H", shlex.quote(pair))]
    words += ["--data-raw", shlex.quote(exchange.body)] if exchange.body else []
    words += ["-u", _CREDENTIALS] if is_call else []
    return " ".join([*words, shlex.quote(url)])


def _headers(exchange: Exchange) -> list[str]:
    return [f"{name}: {text}" for name, text in exchange.headers.items() if text]
