"""From the form of a create request to a message, refusing what Twilio refuses."""

from werkzeug.datastructures import MultiDict

from bot.simulator import addresses, opt_outs
from bot.simulator.addresses import Address
from bot.simulator.codes import refuses
from bot.simulator.message import OUTBOUND, Message, Shown
from bot.simulator.rest.content_checks import body, media_urls, shown_text, variables
from bot.simulator.rest.errors import Refused
from bot.simulator.rest.status_callback import status_callback
from bot.simulator.routes import status_url
from bot.simulator.sids import is_sid, new_sid
from bot.simulator.stand_in import StandIn

Form = MultiDict[str, str]


def draft(stand_in: StandIn, form: Form) -> Message:
    """Make the message a form asks for; raise Refused with Twilio's code if it may not be."""
    recipient = _recipient(form)
    sender = _sender(stand_in, form, recipient)
    message = _compose(stand_in, form, recipient, sender)
    _check_customer(stand_in, recipient, sender)
    stand_in.senders.meet(sender)
    return message


def _compose(stand_in: StandIn, form: Form, recipient: Address, sender: Address) -> Message:
    text = body(form)
    content_sid = form.get("ContentSid") or None
    values = variables(form)
    media = media_urls(form)
    service = form.get("MessagingServiceSid") or None
    return Message(
        sid=new_sid("MM" if content_sid or media else "SM"),
        direction=OUTBOUND,
        sender=sender,
        recipient=recipient,
        body="" if content_sid else text,
        created=stand_in.clock.now(),
        status="accepted" if service else "queued",
        shown=_shown(stand_in, recipient, content_sid, values, text),
        media=len(media),
        media_urls=media,
        service_sid=service,
        content_sid=content_sid,
        content_variables=values,
        status_callback=status_callback(form) or status_url(stand_in, sender, service),
    )


def _shown(
    stand_in: StandIn,
    recipient: Address,
    content_sid: str | None,
    values: dict[str, str],
    text: str,
) -> Shown:
    if not content_sid:
        return Shown(text)
    return shown_text(stand_in, recipient, content_sid, values)


def _recipient(form: Form) -> Address:
    text = form.get("To")
    if not text:
        raise Refused(21604)
    address = addresses.recipient(text)
    if address is None:
        raise Refused(21211, f"Invalid 'To' Phone Number: {text}")
    return address


def _sender(stand_in: StandIn, form: Form, recipient: Address) -> Address:
    service = form.get("MessagingServiceSid")
    if not form.get("From") and not service:
        raise Refused(21603)
    if not form.get("From") and service:
        return _pooled(stand_in, service, recipient)
    address = addresses.sender(form["From"])
    if address is None:
        raise Refused(63007 if form["From"].startswith("whatsapp:") else 21212)
    _check_pair(stand_in, address, recipient)
    return address


def _pooled(stand_in: StandIn, service: str, recipient: Address) -> Address:
    if not is_sid(service, "MG"):
        raise Refused(21705)
    found = stand_in.senders.pooled(service, recipient.channel)
    if found:
        return found
    if stand_in.senders.registered():
        raise Refused(21703)
    # The numbers of Twilio's own Sandbox and test credentials.
    return Address(recipient.channel, "+14155238886" if recipient.is_whatsapp else "+15005550006")


def _check_pair(stand_in: StandIn, sender: Address, recipient: Address) -> None:
    if sender.channel != recipient.channel:
        raise Refused(21910)
    if sender == recipient:
        raise Refused(63031 if sender.is_whatsapp else 21266)
    if not stand_in.senders.knows(sender):
        raise Refused(63007 if sender.is_whatsapp else 21606)


def _check_customer(stand_in: StandIn, recipient: Address, sender: Address) -> None:
    customer = stand_in.customers.named(recipient.name)
    code = customer.failure_on(recipient)
    if code and refuses(code):
        raise Refused(code)
    # With Advanced Opt-Out it is known later, and told in a callback.
    if opt_outs.is_advanced(stand_in, sender):
        return
    if stand_in.correspondence.has_stopped(customer.key, sender):
        raise Refused(opt_outs.UNSUBSCRIBED)
