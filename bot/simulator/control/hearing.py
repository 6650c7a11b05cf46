"""Reading what a customer does from the JSON of POST /control/inbound."""

from typing import Any

from bot.simulator import addresses
from bot.simulator.addresses import Address
from bot.simulator.control.reading import Fields, Nonsense, fields, inner
from bot.simulator.inbound import Heard
from bot.simulator.inbound_form import Attachment, Place
from bot.simulator.message import Button
from bot.simulator.sids import new_sid
from bot.simulator.stand_in import here
from bot.simulator.taps import usual_business


def heard() -> Heard:
    """Read the request; raise Nonsense where it has no sense.

    `{"from", "to"?, "text"?, "button"?: {"text", "payload"}, "media"?: [{"content_type",
    "url"?}], "location"?: {"latitude", "longitude", "address"?, "label"?}, "reply_to"?: sid,
    "sid"?, "more"?: {parameter: text}}`
    """
    given = fields("from", "to", "text", "button", "media", "location", "reply_to", "sid", "more")
    sender = _customer(given.needed("from"))
    return Heard(
        sender=sender,
        recipient=_business(given.text("to"), sender),
        text=given.text("text") or "",
        button=_button(given),
        attachments=tuple(_attachment(one) for one in given.objects("media")),
        place=_place(given),
        replies_to=given.text("reply_to"),
        sid=given.text("sid"),
        more=given.texts("more"),
    )


def _customer(text: str) -> Address:
    address = addresses.recipient(text)
    if address is None:
        raise Nonsense("from must be like +12025550123, whatsapp:+12025550123 or whatsapp:US.123")
    if address.is_whatsapp:
        return here().customers.named(address.name).whatsapp
    return address


def _business(text: str | None, customer: Address) -> Address:
    if text is None:
        return usual_business(here(), customer.name, customer.channel)
    address = addresses.sender(text)
    if address is None:
        raise Nonsense("to must be an address of the business")
    return address


def _button(given: Fields) -> Button | None:
    if given.values.get("button") is None:
        return None
    button = inner(given.values["button"], "text", "payload")
    text = button.needed("text")
    return Button(text, button.text("payload") or text)


def _attachment(values: Any) -> Attachment:
    file = inner(values, "content_type", "url")
    account = here().account.sid
    kept = f"https://api.twilio.com/2010-04-01/Accounts/{account}/Messages/{new_sid('MM')}/Media/"
    return Attachment(file.needed("content_type"), file.text("url") or kept + new_sid("ME"))


def _place(given: Fields) -> Place | None:
    if given.values.get("location") is None:
        return None
    place = inner(given.values["location"], "latitude", "longitude", "address", "label")
    return Place(
        str(place.values.get("latitude", "")),
        str(place.values.get("longitude", "")),
        place.text("address") or "",
        place.text("label") or "",
    )
