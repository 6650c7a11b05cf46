"""Webhooks as Twilio sends them, made beforehand so that making them costs the run nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from benchmarks.programs import ACCOUNT, TOKEN
from benchmarks.town import SENDER, answer, phone

PATH = "/twilio/inbound"


def reply(number: int, sid: str, port: int) -> bytes:
    """The whole request that says that a contact has written yes, signed."""
    form = _form(number, sid)
    body = urlencode(form).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: TwilioProxy/1.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"Accept: */*\r\nX-Twilio-Signature: {_signature(form, port)}\r\n"
        f"I-Twilio-Idempotency-Token: {sid}\r\n\r\n"
    )
    return head.encode() + body


def _form(number: int, sid: str) -> dict[str, str]:
    return {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": "Jo",
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": phone(number)[1:],
        "SmsStatus": "received",
        "Body": answer(number),
        "To": SENDER,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": f"whatsapp:{phone(number)}",
        "ApiVersion": "2010-04-01",
    }


def _signature(form: dict[str, str], port: int) -> str:
    """https://www.twilio.com/docs/usage/webhooks/webhooks-security"""
    signed = f"http://127.0.0.1:{port}{PATH}" + "".join(k + form[k] for k in sorted(form))
    digest = hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
