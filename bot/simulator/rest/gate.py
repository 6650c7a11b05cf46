"""What every REST request passes first: credentials, then the faults in force."""

from flask import request

from bot.simulator.faults import CREATE, LIST
from bot.simulator.rest.errors import Refused
from bot.simulator.stand_in import here

_REFUSING_FAULTS = {"401": 20003, "429": 20429, "500": 20500}


def check_credentials() -> None:
    """Refuse with 20003 what does not carry the account's sid and token, or its API key."""
    account = here().account
    given = request.authorization
    if given is None or not account.admits(given.username, given.password):
        raise Refused(20003)
    if (request.view_args or {}).get("account_sid", account.sid) != account.sid:
        raise Refused(20003)


def strike() -> None:
    """Refuse the request if a fault says so; nothing is created then."""
    place = CREATE if request.endpoint == "messages.create" else _reading()
    for name, code in _REFUSING_FAULTS.items():
        fault = here().faults.claim(name, place)
        if fault:
            raise Refused(code, retry_after=fault.seconds)


def _reading() -> str:
    return LIST if request.endpoint == "messages.page" else "other"
