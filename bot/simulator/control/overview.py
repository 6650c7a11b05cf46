"""What the page shows, in one answer, and the numbers with a meaning."""

from typing import Any

from flask import Blueprint, request

from bot.simulator.codes import words
from bot.simulator.control.chaos import show as show_chaos
from bot.simulator.control.people import everybody
from bot.simulator.control.stories import server
from bot.simulator.control.time import clock
from bot.simulator.control.wiretap import wire
from bot.simulator.message import Message, as_record
from bot.simulator.numbers import codes_with_numbers, people_with_numbers
from bot.simulator.stand_in import here
from bot.simulator.taps import messages_with, usual_business

overview = Blueprint("overview", __name__)


@overview.get("/numbers")
def numbers() -> dict[str, Any]:
    """List the numbers that need no set-up: who behaves how, and which fails with which code."""
    codes = [
        {"phone": phone, "code": code, "words": words(code)} for code, phone in codes_with_numbers()
    ]
    return {"people": people_with_numbers(), "codes": codes}


@overview.get("/pulse")
def pulse() -> dict[str, Any]:
    """Show everything that moves, for one `customer`, with the wire `after` a number."""
    stand_in = here()
    return {
        "clock": clock(),
        "chaos": show_chaos()["in_force"],
        "conversation": _conversation(request.args.get("customer", "")),
        "runs": stand_in.runs.last(5),
        "server": server(),
        "unfinished": stand_in.unfinished,
        "wire": wire(),
        **everybody(),
    }


def _conversation(name: str) -> dict[str, Any] | None:
    stand_in = here()
    customer = stand_in.customers.find(name)
    if customer is None:
        return None
    return {
        "messages": [_shown(one) for one in messages_with(stand_in, customer.key)],
        "business": {
            channel: str(usual_business(stand_in, customer.key, channel))
            for channel in ("whatsapp", "sms")
        },
    }


def _shown(message: Message) -> dict[str, Any]:
    return as_record(message, here().account.sid)
