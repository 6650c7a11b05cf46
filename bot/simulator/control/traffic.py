"""The traffic: what customers do, all messages, and the window for free text."""

from typing import Any

from flask import Blueprint, request

from bot.simulator import addresses
from bot.simulator.control.hearing import heard
from bot.simulator.control.reading import Nonsense, fields
from bot.simulator.delivery import force
from bot.simulator.inbound import Heard, hear
from bot.simulator.message import as_record
from bot.simulator.stand_in import here
from bot.simulator.taps import button_of, last_with_buttons, messages_with

traffic = Blueprint("traffic", __name__)


@traffic.post("/inbound")
def inbound() -> tuple[dict[str, Any], int]:
    """Let a customer write, tap or send something; shows the webhook's answer, null if none."""
    message, answer = hear(here(), heard())
    return {"sid": message.sid, "webhook": answer.as_json() if answer else None}, 201


@traffic.post("/tap")
def tap() -> tuple[dict[str, Any], int]:
    """Let the customer `from` tap a `button` of the newest message that has any.

    The button is named by its text or payload; `yes` is also the first one, `no` the last.
    """
    given = fields("from", "button")
    stand_in = here()
    customer = stand_in.customers.named(_name(given.needed("from")))
    message = last_with_buttons(stand_in, customer.key)
    button = button_of(message, given.needed("button")) if message else None
    if message is None or button is None:
        raise Nonsense(f"no such button has arrived on the phone of {customer.key}")
    tapped = Heard(message.recipient, message.sender, button=button, replies_to=message.sid)
    inbound, answer = hear(stand_in, tapped)
    return {"sid": inbound.sid, "webhook": answer.as_json() if answer else None}, 201


@traffic.get("/messages")
def messages() -> dict[str, Any]:
    """Show every message ever created, both ways, oldest first; of one `customer` if asked."""
    stand_in = here()
    customer = request.args.get("customer")
    kept = messages_with(stand_in, customer) if customer else stand_in.mailbox.everything()
    return {"messages": [as_record(message, stand_in.account.sid) for message in kept]}


@traffic.delete("/messages")
def forget() -> tuple[str, int]:
    """Forget all messages, and with them windows, answers, opt-outs and steps to come."""
    here().forget_messages()
    return "", 204


@traffic.post("/messages/<sid>/status")
def force_status(sid: str) -> dict[str, Any]:
    """Give a message any `status`, with an `error_code` if wanted, and post the callback.

    For what Twilio does only on bad days, such as `failed` after `delivered`.
    """
    given = fields("status", "error_code")
    stand_in = here()
    message = stand_in.mailbox.find(sid)
    if message is None or message.is_inbound:
        raise Nonsense(f"no message of the business is called {sid}")
    force(stand_in, message, given.needed("status"), given.whole("error_code"))
    return as_record(message, stand_in.account.sid)


@traffic.get("/window")
def window() -> dict[str, Any]:
    """Say whether free text may go from `from` (a sender) to `to` (a customer) now."""
    sender = addresses.sender(request.args.get("from", ""))
    recipient = addresses.recipient(request.args.get("to", ""))
    if sender is None or recipient is None:
        raise Nonsense("from and to must be addresses")
    stand_in = here()
    key = stand_in.customers.named(recipient.name).key
    return {"open": stand_in.correspondence.window_is_open(key, sender, stand_in.clock.now())}


def _name(text: str) -> str:
    address = addresses.recipient(text)
    if address is None:
        raise Nonsense("from must be a customer's phone number or address")
    return address.name
