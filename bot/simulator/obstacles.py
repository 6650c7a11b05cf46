"""Why a message that Twilio has taken will not arrive."""

from typing import Final

from bot.simulator import opt_outs, sandbox
from bot.simulator.customers import Customer
from bot.simulator.message import Message
from bot.simulator.stand_in import StandIn
from bot.simulator.templates import APPROVED

# Free text, or a template WhatsApp has not approved: https://www.twilio.com/docs/errors/63016
OUTSIDE_WINDOW: Final = 63016
_BY_APPROVAL: Final = {"rejected": 63040, "paused": 63041, "disabled": 63042}


def obstacle(stand_in: StandIn, message: Message, customer: Customer) -> int | None:
    """Return the error code a message will fail with, None if nothing is in its way."""
    code = customer.failure_on(message.recipient)
    if code is None and stand_in.correspondence.has_stopped(customer.key, message.sender):
        return opt_outs.UNSUBSCRIBED
    if code or not message.recipient.is_whatsapp:
        return code
    return _of_sandbox(stand_in, message, customer) or _of_window(stand_in, message, customer)


def _of_sandbox(stand_in: StandIn, message: Message, customer: Customer) -> int | None:
    if not stand_in.settings.sandbox or message.sender != sandbox.NUMBER:
        return None
    joined = stand_in.sandbox.has_joined(customer.key, stand_in.clock.now())
    return None if joined else sandbox.NOT_JOINED


def _of_window(stand_in: StandIn, message: Message, customer: Customer) -> int | None:
    template = stand_in.templates.find(message.content_sid) if message.content_sid else None
    if template and template.approval.status in _BY_APPROVAL:
        return _BY_APPROVAL[template.approval.status]
    now = stand_in.clock.now()
    if stand_in.correspondence.window_is_open(customer.key, message.sender, now):
        return None
    approved = template is None or template.approval.status == APPROVED
    return None if message.content_sid and approved else OUTSIDE_WINDOW
