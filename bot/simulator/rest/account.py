"""The account itself and its phone numbers.

https://www.twilio.com/docs/iam/api/account
"""

from dataclasses import replace
from typing import Any, Final

from flask import Blueprint, request

from bot.simulator.dates import of_2010
from bot.simulator.message import API_VERSION
from bot.simulator.rest import gate
from bot.simulator.rest.errors import absent
from bot.simulator.rest.paging import paged
from bot.simulator.senders import Sender
from bot.simulator.stand_in import here

account = Blueprint("account", __name__, url_prefix=f"/{API_VERSION}/Accounts")
account.before_request(gate.check_credentials)
account.before_request(gate.strike)

_WEBHOOK: Final = {
    "SmsUrl": "callback_url",
    "SmsMethod": "callback_method",
    "SmsFallbackUrl": "fallback_url",
    "SmsFallbackMethod": "fallback_method",
}


@account.get("/<account_sid>.json")
def fetch(account_sid: str) -> dict[str, Any]:
    """Show the account: always active, and a full one."""
    started = of_2010(here().started)
    uri = f"/{API_VERSION}/Accounts/{account_sid}"
    return {
        "auth_token": here().account.auth_token,
        "date_created": started,
        "date_updated": started,
        "friendly_name": "Stand-in for Twilio",
        "owner_account_sid": account_sid,
        "sid": account_sid,
        "status": "active",
        "subresource_uris": {
            "incoming_phone_numbers": f"{uri}/IncomingPhoneNumbers.json",
            "messages": f"{uri}/Messages.json",
        },
        "type": "Full",
        "uri": f"{uri}.json",
    }


@account.get("/<account_sid>/IncomingPhoneNumbers.json")
def numbers(account_sid: str) -> dict[str, Any]:
    """List the phone numbers that can send SMS."""
    wanted = request.args.get("PhoneNumber", "")
    found = [sender for sender in here().senders.on("sms") if wanted in str(sender.address)]
    part = paged(found, request.args, request.path)
    shown = [_number(sender, account_sid) for sender in part.items]
    return part.frame | {"incoming_phone_numbers": shown}


@account.get("/<account_sid>/IncomingPhoneNumbers/<sid>.json")
def number(account_sid: str, sid: str) -> dict[str, Any]:
    """Show one phone number."""
    for sender in here().senders.on("sms"):
        if sender.sid == sid:
            return _number(sender, account_sid)
    raise absent()


@account.post("/<account_sid>/IncomingPhoneNumbers/<sid>.json")
def change_number(account_sid: str, sid: str) -> dict[str, Any]:
    """Change where the messages to a phone number go."""
    given = {key: request.form[name] for name, key in _WEBHOOK.items() if name in request.form}
    changed = here().senders.change(sid, lambda one: replace(one, webhook=one.webhook | given))
    if changed is None:
        raise absent()
    return _number(changed, account_sid)


def _number(sender: Sender, account_sid: str) -> dict[str, Any]:
    uri = f"/{API_VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers/{sender.sid}.json"
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "capabilities": {"fax": False, "mms": True, "sms": True, "voice": False},
        "date_created": of_2010(sender.created),
        "date_updated": of_2010(sender.created),
        "friendly_name": str(sender.address),
        "phone_number": str(sender.address),
        "sid": sender.sid,
        "sms_fallback_method": sender.webhook.get("fallback_method", "POST"),
        "sms_fallback_url": sender.webhook.get("fallback_url", ""),
        "sms_method": sender.webhook.get("callback_method", "POST"),
        "sms_url": sender.webhook.get("callback_url", here().settings.webhook or ""),
        "status": "in-use",
        "uri": uri,
    }
