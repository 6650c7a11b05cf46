"""The form of an inbound webhook, parameter by parameter.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.simulator.addresses import Address
from bot.simulator.customers import Customer, country_of
from bot.simulator.message import API_VERSION, Button, Message, segments

# An older message is no longer named when it is quoted or its button tapped.
_QUOTED_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file a customer sends: where Twilio would keep it, and its media type."""

    content_type: str
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """A location a customer shares."""

    latitude: str
    longitude: str
    address: str = ""
    label: str = ""


def form(
    account_sid: str,
    customer: Customer,
    message: Message,
    button: Button | None = None,
    attachments: tuple[Attachment, ...] = (),
    place: Place | None = None,
    quoted: Message | None = None,
) -> dict[str, str]:
    """Build the parameters of one inbound message, as WhatsApp or as SMS has them."""
    channel = message.sender.is_whatsapp
    return {
        **_always(account_sid, message),
        **_media(attachments),
        **(_whatsapp(customer) if channel else _geography(message)),
        **({"MessageType": _kind(button, attachments, place, quoted)} if channel else {}),
        **_tap(button),
        **_place(place),
        **_quote(message, quoted),
    }


def _always(account_sid: str, message: Message) -> dict[str, str]:
    service = message.service_sid
    return {
        "AccountSid": account_sid,
        "ApiVersion": API_VERSION,
        "Body": message.body,
        "From": str(message.sender),
        "MessageSid": message.sid,
        "NumMedia": str(message.media),
        "NumSegments": str(segments(message.recipient, message.body)),
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "To": str(message.recipient),
        **({"MessagingServiceSid": service} if service else {}),
    }


def _media(attachments: tuple[Attachment, ...]) -> dict[str, str]:
    urls = {f"MediaUrl{n}": file.url for n, file in enumerate(attachments)}
    kinds = {f"MediaContentType{n}": file.content_type for n, file in enumerate(attachments)}
    return urls | kinds


def _whatsapp(customer: Customer) -> dict[str, str]:
    known = {"ProfileName": customer.profile_name}
    if customer.phone:
        known["WaId"] = customer.phone.removeprefix("+")
    context = {"type": "whatsapp", "data": {"context": known}}
    return known | {
        "ExternalUserId": f"whatsapp:{customer.user_id}",
        "Forwarded": "false",
        "FrequentlyForwarded": "false",
        "ReferralNumMedia": "0",
        "ChannelMetadata": json.dumps(context),
    }


def _geography(message: Message) -> dict[str, str]:
    return _whereabouts("From", message.sender) | _whereabouts("To", message.recipient)


def _whereabouts(end: str, address: Address) -> dict[str, str]:
    country = country_of(address.name)
    return {f"{end}City": "", f"{end}State": "", f"{end}Zip": "", f"{end}Country": country}


def _kind(
    button: Button | None,
    attachments: tuple[Attachment, ...],
    place: Place | None,
    quoted: Message | None,
) -> str:
    if button:
        return "button" if quoted is None or quoted.content_sid else "interactive"
    if place:
        return "location"
    return _media_kind(attachments[0].content_type) if attachments else "text"


def _media_kind(content_type: str) -> str:
    if content_type in ("text/vcard", "text/x-vcard"):
        return "contacts"
    family = content_type.partition("/")[0]
    return family if family in ("image", "audio", "video") else "document"


def _tap(button: Button | None) -> dict[str, str]:
    return {"ButtonText": button.title, "ButtonPayload": button.payload} if button else {}


def _place(place: Place | None) -> dict[str, str]:
    if not place:
        return {}
    shown = {"Latitude": place.latitude, "Longitude": place.longitude}
    named = {"Address": place.address, "Label": place.label}
    return shown | {name: text for name, text in named.items() if text}


def _quote(message: Message, quoted: Message | None) -> dict[str, str]:
    if quoted is None or message.created - quoted.created > _QUOTED_FOR:
        return {}
    return {
        "OriginalRepliedMessageSid": quoted.sid,
        "OriginalRepliedMessageSender": str(quoted.sender),
    }
