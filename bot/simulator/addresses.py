"""Addresses as Twilio writes them: `+49…` for SMS, `whatsapp:+49…` or `whatsapp:DE.…`."""

import re
from dataclasses import dataclass

_PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_SHORT_CODE = re.compile(r"\d{3,8}", re.ASCII)
_SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}")

WHATSAPP = "whatsapp"
SMS = "sms"


@dataclass(frozen=True, slots=True)
class Address:
    """One end of a message: the channel and the phone number, user id or sender name on it."""

    channel: str
    name: str

    def __str__(self) -> str:
        """Write the address as Twilio does."""
        return f"whatsapp:{self.name}" if self.channel == WHATSAPP else self.name

    @property
    def is_whatsapp(self) -> bool:
        """True on WhatsApp, false on SMS."""
        return self.channel == WHATSAPP


def recipient(text: str) -> Address | None:
    """Read a customer's address: a phone number, or on WhatsApp a business-scoped user id.

    User ids: https://www.twilio.com/docs/whatsapp/key-concepts
    """
    address = _split(text)
    if is_phone(address.name) or (address.is_whatsapp and is_user_id(address.name)):
        return address
    return None


def sender(text: str) -> Address | None:
    """Read a business's address: a phone number, or on SMS a short code or a sender name."""
    address = _split(text)
    if is_phone(address.name):
        return address
    named = _SHORT_CODE.fullmatch(address.name) or _SENDER_NAME.fullmatch(address.name)
    return address if named and not address.is_whatsapp else None


def is_phone(name: str) -> bool:
    """Say whether the text is an E.164 number with its plus."""
    return _PHONE.fullmatch(name) is not None


def is_user_id(name: str) -> bool:
    """Say whether the text is a WhatsApp user id such as `US.1234` or `US.ENT.1234`."""
    return _USER_ID.fullmatch(name) is not None


def _split(text: str) -> Address:
    prefix, colon, name = text.partition(":")
    return Address(WHATSAPP, name) if colon and prefix == WHATSAPP else Address(SMS, text)
