"""What Twilio posts, read strictly where it matters and leniently where it may grow.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from bot.conversations.inbound import Inbound
from flows.replies import Heard

SID = re.compile(r"(SM|MM)[0-9A-Za-z]{32}")
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
WHATSAPP_ID = re.compile(r"[A-Z]{2}(\.ENT)?\.[0-9A-Za-z]{1,128}")
NUMBER = re.compile(r"[0-9]{1,9}")
MOST_MEDIA = 10
STATUSES = {
    "accepted": "sent", "scheduled": "sent", "queued": "sent", "sending": "sent", "sent": "sent",
    "delivered": "delivered", "partially_delivered": "delivered", "read": "read",
    "failed": "failed", "undelivered": "undelivered", "canceled": "failed",
}  # fmt: skip
"""Twilio's statuses of a message of ours, as we keep them: once it is theirs, it is sent."""

ANSWERED: Mapping[str, Literal["stop", "start", "help"]] = {
    "STOP": "stop", "START": "start", "HELP": "help",
}  # fmt: skip
"""What Twilio took a message for when it has answered by itself (Advanced Opt-Out).

https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
"""

READ_ONCE = frozenset((
    "MessageSid", "AccountSid", "From", "To", "Body", "NumMedia", "ButtonPayload", "ButtonText",
    "ListId", "ListTitle", "MessageStatus", "ErrorCode", "OriginalRepliedMessageSid",
    "ExternalUserId", "OptOutType",
))  # fmt: skip


class Form(MultiDict[str, str]):
    """The fields as they came, in their order; a name may stand more than once."""

    getall = MultiDict.getlist
    """What Twilio's library asks first, before it asks for `getlist`."""


class Senseless(Exception):
    """A signed request that cannot be what it claims to be; the message says why."""


class Unplaceable(Exception):
    """A message from or to something that is no address: to be kept for a person to look at."""

    def __init__(self, sid: str, reason: str) -> None:
        super().__init__(reason)
        self.sid = sid
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Callback:
    """What Twilio reports about a message of ours, under the `token` of its row."""

    token: str
    sid: str
    status: str
    code: int | None
    words: str


def read_form(body: bytes, most_fields: int) -> Form:
    """Read a posted form, names and values in their order. Raises `Senseless`."""
    text = body.decode("utf-8", "replace")
    try:
        return Form(parse_qsl(text, keep_blank_values=True, max_num_fields=most_fields))
    except ValueError:
        raise Senseless(f"A webhook has at most {most_fields} fields") from None


def plain(form: Form) -> dict[str, str]:
    """The form as a dictionary. NUL, which PostgreSQL cannot hold, becomes its visible sign."""
    return {name.replace("\0", "␀"): value.replace("\0", "␀") for name, value in form.items()}


def read_inbound(form: Form, account_sid: str) -> Inbound:
    """Read a message of a contact. Raises `Senseless` or `Unplaceable`."""
    fields = _fields(form, account_sid, "MessageSid", "From", "To", "Body")
    channel, _, _ = fields["From"].rpartition(":")
    address = fields["From"].removeprefix("whatsapp:")
    if not _is_address(address, channel) or not _is_address(
        fields["To"].removeprefix("whatsapp:"), channel
    ):
        raise Unplaceable(fields["MessageSid"], "from or to something that is no address")
    if fields["To"].startswith("whatsapp:") != (channel == "whatsapp"):
        raise Senseless("From and To are not on the same channel")
    return Inbound(
        sid=fields["MessageSid"],
        sender=fields["To"],
        address=address,
        heard=_heard(fields),
        media=_media(fields),
        profile_name=fields.get("ProfileName", "")[:200],
        replied_to=fields.get("OriginalRepliedMessageSid"),
        user_id=_user_id(fields, address, channel),
        answered=ANSWERED.get(fields.get("OptOutType", "").upper()),
        form=fields,
    )


def read_callback(form: Form, account_sid: str, token: str) -> Callback:
    """Read what became of a message of ours. Raises `Senseless`."""
    fields = _fields(form, account_sid, "MessageSid", "MessageStatus")
    status = STATUSES.get(fields["MessageStatus"])
    if status is None:
        raise Senseless(f"MessageStatus {fields['MessageStatus']!r} is not a status")
    words = fields.get("ErrorMessage") or fields.get("ChannelStatusMessage") or ""
    code = _number(fields.get("ErrorCode", "")) or None
    return Callback(token, fields["MessageSid"], status, code, words[:500])


def _fields(form: Form, account_sid: str, *needed: str) -> dict[str, str]:
    repeated = [name for name, values in form.lists() if len(values) > 1 and name in READ_ONCE]
    if repeated:
        raise Senseless(f"{', '.join(repeated)} stands more than once")
    missing = [name for name in ("AccountSid", *needed) if name not in form]
    if missing:
        raise Senseless(f"{', '.join(missing)} is missing")
    fields = plain(form)
    if fields["AccountSid"] != account_sid:
        raise Senseless("AccountSid is another account's")
    if not SID.fullmatch(fields["MessageSid"]):
        raise Senseless("MessageSid is not a message's")
    return fields


def _is_address(address: str, channel: str) -> bool:
    if PHONE.fullmatch(address):
        return channel in ("", "whatsapp")
    return channel == "whatsapp" and WHATSAPP_ID.fullmatch(address) is not None


def _user_id(fields: Mapping[str, str], address: str, channel: str) -> str | None:
    """The user id named beside a number. One that is none is ignored: the message counts without.

    It is seen with and without the channel before it.
    """
    user_id = fields.get("ExternalUserId", "").removeprefix("whatsapp:")
    if channel != "whatsapp" or user_id == address or not WHATSAPP_ID.fullmatch(user_id):
        return None
    return user_id


def _heard(fields: Mapping[str, str]) -> Heard:
    return Heard(
        text=fields["Body"],
        payload=fields.get("ButtonPayload") or fields.get("ListId"),
        button=fields.get("ButtonText") or fields.get("ListTitle"),
        media=_count(fields) > 0 or "Latitude" in fields,
    )


def _media(fields: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    attached = tuple(
        {"url": fields.get(f"MediaUrl{n}", ""), "type": fields.get(f"MediaContentType{n}", "")}
        for n in range(_count(fields))
    )
    if "Latitude" in fields:
        place = ",".join((fields["Latitude"], fields.get("Longitude", "")))
        return (*attached, {"url": f"geo:{place}", "type": "location"})
    return attached


def _count(fields: Mapping[str, str]) -> int:
    return min(_number(fields.get("NumMedia", "0")), MOST_MEDIA)


def _number(text: str) -> int:
    """A number as every database holds it; 0 for what is none."""
    return int(text) if NUMBER.fullmatch(text) else 0
