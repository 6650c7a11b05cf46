"""A message, either way, and the JSON Twilio shows of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.simulator.addresses import Address
from bot.simulator.dates import of_2010

API_VERSION = "2010-04-01"
INBOUND = "inbound"
OUTBOUND = "outbound-api"

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


@dataclass(frozen=True, slots=True)
class Button:
    """A quick-reply button: what the phone shows and what a tap sends back."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the customer's phone shows of a message: text and buttons."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(slots=True)
class Message:
    """One message of the account; only the mailbox changes it once it is kept."""

    sid: str
    direction: str
    sender: Address
    recipient: Address
    body: str
    created: datetime
    status: str
    shown: Shown
    media: int = 0
    media_urls: tuple[str, ...] = ()
    service_sid: str | None = None
    content_sid: str | None = None
    content_variables: dict[str, str] = field(default_factory=dict)
    status_callback: str | None = None
    updated: datetime | None = None
    sent: datetime | None = None
    error_code: int | None = None
    error_message: str | None = None
    deleted: bool = False
    history: list[tuple[str, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the history with the first status."""
        self.history.append((self.status, self.created))

    @property
    def is_inbound(self) -> bool:
        """True for what a customer wrote."""
        return self.direction == INBOUND


def as_json(message: Message, account_sid: str) -> dict[str, Any]:
    """Show a message as the Messages API does: dates in RFC 2822, numbers as strings.

    While a Messaging Service has only accepted it, the sender is not known yet.

    https://www.twilio.com/docs/messaging/api/message-resource
    """
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}"
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": of_2010(message.created),
        "date_sent": of_2010(message.sent) if message.sent else None,
        "date_updated": of_2010(message.updated or message.created),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": message.error_message,
        "from": None if message.status == "accepted" else str(message.sender),
        "messaging_service_sid": message.service_sid,
        "num_media": str(message.media),
        "num_segments": _segments_shown(message),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": str(message.recipient),
        "uri": f"{uri}.json",
    }


def as_record(message: Message, account_sid: str) -> dict[str, Any]:
    """Show everything the stand-in knows of a message, for tests and screens."""
    return as_json(message, account_sid) | {
        "content_sid": message.content_sid,
        "content_variables": message.content_variables,
        "status_callback": message.status_callback,
        "shown": message.shown.text,
        "media_urls": list(message.media_urls),
        "buttons": [
            {"text": button.title, "payload": button.payload} for button in message.shown.buttons
        ],
        "deleted": message.deleted,
        "history": [
            {"status": status, "at": moment.isoformat()} for status, moment in message.history
        ],
    }


def segments(address: Address, body: str) -> int:
    """Count the parts a text is billed as: one on WhatsApp, GSM-7 or UCS-2 parts on SMS.

    https://www.twilio.com/docs/glossary/what-sms-character-limit
    """
    if address.is_whatsapp:
        return 1
    units, single, joined = _units(body)
    return 1 if units <= single else -(-units // joined)


def _units(body: str) -> tuple[int, int, int]:
    if _GSM_7.issuperset(body):
        return len(body) + sum(body.count(sign) for sign in "^{}\\[~]|€"), 160, 153
    return len(body.encode("utf-16-le")) // 2, 70, 67


def _segments_shown(message: Message) -> str:
    if message.status == "accepted":
        return "0"
    return str(segments(message.recipient, message.body))
