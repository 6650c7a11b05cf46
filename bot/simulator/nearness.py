"""Only who names this machine may use the page and the switches.

They ask for no password, so a page elsewhere must not reach them by giving our address a name of
its own. Twilio's own paths want credentials and are left alone.
"""

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, abort, request

from bot.simulator.record import CONTROL, PAGE


def only_near(app: Flask) -> None:
    """Refuse control requests and the page under a host name from outside."""
    app.before_request(_look)


def is_near(host: str) -> bool:
    """Say whether a Host header is an address, or a name without a dot, like localhost."""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." not in name or name.endswith(".localhost")
    return True


def _look() -> None:
    if request.path.startswith((CONTROL, PAGE)) and not is_near(request.host):
        abort(403, "Use the address of this machine: the page and the switches want no password.")
