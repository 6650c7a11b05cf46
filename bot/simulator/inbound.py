"""A customer writes, taps, sends a file or a place: the message and the webhook it causes."""

from dataclasses import dataclass, field
from typing import Any

from bot.simulator import opt_outs, sandbox
from bot.simulator.addresses import Address
from bot.simulator.alerts import failure_code
from bot.simulator.inbound_form import Attachment, Place, form
from bot.simulator.message import INBOUND, Button, Message, Shown
from bot.simulator.routes import Route, inbound_route
from bot.simulator.sids import new_sid
from bot.simulator.stand_in import StandIn
from bot.simulator.webhooks import Answer, Webhook, sign


@dataclass(frozen=True, slots=True)
class Heard:
    """What a customer does: text, a tap, attachments or a place, perhaps quoting a message."""

    sender: Address
    recipient: Address
    text: str = ""
    button: Button | None = None
    attachments: tuple[Attachment, ...] = ()
    place: Place | None = None
    replies_to: str | None = None
    sid: str | None = None
    more: dict[str, str] = field(default_factory=dict)


def hear(stand_in: StandIn, heard: Heard) -> tuple[Message, Answer | None]:
    """Store what a customer did and post the signed webhook.

    Returns the message and the webhook's answer, None if there is no webhook to post or a
    fault swallowed it. `more` adds parameters to the form or replaces them.
    """
    message = _message(stand_in, heard)
    stand_in.mailbox.keep(message)
    stand_in.senders.meet(heard.recipient)
    customer = stand_in.customers.named(heard.sender.name)
    stand_in.correspondence.hear(customer.key, heard.recipient, message.created)
    opt_outs.obey(stand_in, customer.key, heard.recipient, message.body)
    if _is_for_sandbox(stand_in, heard, customer.key):
        return message, None
    return message, _post(stand_in, heard, message)


def _message(stand_in: StandIn, heard: Heard) -> Message:
    text = heard.button.title if heard.button else heard.text
    return Message(
        sid=heard.sid or new_sid("MM" if heard.attachments else "SM"),
        direction=INBOUND,
        sender=heard.sender,
        recipient=heard.recipient,
        body=text,
        created=stand_in.clock.now(),
        sent=stand_in.clock.now(),
        status="received",
        shown=Shown(text or _in_words(heard)),
        media=len(heard.attachments),
        service_sid=stand_in.senders.service_of(heard.recipient),
    )


def _in_words(heard: Heard) -> str:
    """Name what has no text, as a phone shows it."""
    kinds = {"image": "Photo", "audio": "Voice note", "video": "Video", "text": "Contact card"}
    if heard.place:
        return "Location"
    if not heard.attachments:
        return ""
    return kinds.get(heard.attachments[0].content_type.partition("/")[0], "Document")


def _post(stand_in: StandIn, heard: Heard, message: Message) -> Answer | None:
    route = inbound_route(stand_in, heard.recipient)
    if route is None:
        return None
    webhook = sign(stand_in.account.auth_token, route.url, _form(stand_in, heard, message))
    if stand_in.faults.claim("inbound_dropped"):
        stand_in.last_webhook[message.sid] = webhook
        return None
    answer = _post_or_fall_back(stand_in, webhook, route, message.sid)
    if stand_in.faults.claim("inbound_doubled"):
        stand_in.post(webhook, message.sid)
    return answer


def _post_or_fall_back(stand_in: StandIn, webhook: Webhook, route: Route, sid: str) -> Answer:
    answer = stand_in.post(webhook, sid)
    code = failure_code(answer)
    if code is None or not route.fallback:
        return answer
    told = webhook.params | {"ErrorCode": str(code), "ErrorUrl": webhook.url}
    return stand_in.post(sign(stand_in.account.auth_token, route.fallback, told), sid)


def _is_for_sandbox(stand_in: StandIn, heard: Heard, customer: str) -> bool:
    if not stand_in.settings.sandbox or heard.recipient != sandbox.NUMBER:
        return False
    return stand_in.sandbox.hear(customer, heard.text, stand_in.clock.now())


def _form(stand_in: StandIn, heard: Heard, message: Message) -> dict[str, str]:
    quoted = stand_in.mailbox.find(heard.replies_to) if heard.replies_to else None
    told: dict[str, Any] = {
        "button": heard.button,
        "attachments": heard.attachments,
        "place": heard.place,
        "quoted": quoted,
    }
    customer = stand_in.customers.named(heard.sender.name)
    obeyed = opt_outs.told(stand_in, heard.recipient, message.body)
    return form(stand_in.account.sid, customer, message, **told) | obeyed | heard.more
