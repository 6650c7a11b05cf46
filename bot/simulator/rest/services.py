"""Messaging Services, and the senders in the pool of each.

https://www.twilio.com/docs/messaging/api/service-resource
"""

import re
from typing import Any

from flask import Blueprint, request

from bot.simulator.customers import country_of
from bot.simulator.dates import iso
from bot.simulator.rest import gate
from bot.simulator.rest.errors import Refused, absent
from bot.simulator.rest.meta import meta_page
from bot.simulator.senders import Sender
from bot.simulator.services import Service, given_settings
from bot.simulator.sids import new_sid
from bot.simulator.stand_in import here

services = Blueprint("services", __name__, url_prefix="/v1/Services")
services.before_request(gate.check_credentials)
services.before_request(gate.strike)

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


@services.get("")
def page() -> dict[str, Any]:
    """List the services."""
    return meta_page("services", [_shown(service) for service in here().services.everything()])


@services.post("")
def create() -> tuple[dict[str, Any], int]:
    """Make a service; its name is required."""
    if not request.form.get("FriendlyName"):
        raise Refused(20001, "FriendlyName is required")
    return _shown(_change(here().services.named(new_sid("MG")))), 201


@services.get("/<sid>")
def fetch(sid: str) -> dict[str, Any]:
    """Show one service."""
    return _shown(_found(sid))


@services.post("/<sid>")
def update(sid: str) -> dict[str, Any]:
    """Change a service's webhooks and settings."""
    return _shown(_change(_found(sid)))


@services.delete("/<sid>")
def delete(sid: str) -> tuple[str, int]:
    """Delete a service."""
    here().services.delete(_found(sid).sid)
    return "", 204


@services.get("/<sid>/PhoneNumbers")
def phone_numbers(sid: str) -> dict[str, Any]:
    """List the phone numbers in a service's pool."""
    return meta_page("phone_numbers", [_number(one) for one in _pool(sid, "sms")])


@services.get("/<sid>/ChannelSenders")
def channel_senders(sid: str) -> dict[str, Any]:
    """List the WhatsApp senders in a service's pool."""
    return meta_page("senders", [_channel_sender(one) for one in _pool(sid, "whatsapp")])


@services.get("/<sid>/Compliance/Usa2p")
def campaigns(sid: str) -> dict[str, Any]:
    """List the service's registrations for texting in the United States: there are none."""
    _ = _found(sid)
    return meta_page("compliance", [])


def _found(sid: str) -> Service:
    service = here().services.find(sid)
    if service is None:
        raise absent()
    return service


def _change(service: Service) -> Service:
    service.settings |= given_settings(request.form)
    service.updated = here().clock.now()
    return service


def _pool(sid: str, channel: str) -> list[Sender]:
    service = _found(sid)
    return [one for one in here().senders.on(channel) if one.service == service.sid]


def _shown(service: Service) -> dict[str, Any]:
    url = f"https://messaging.twilio.com/v1/Services/{service.sid}"
    return {
        **{_CAPITAL.sub("_", name).lower(): value for name, value in service.settings.items()},
        "account_sid": here().account.sid,
        "date_created": iso(service.created),
        "date_updated": iso(service.updated),
        "links": {
            "channel_senders": f"{url}/ChannelSenders",
            "phone_numbers": f"{url}/PhoneNumbers",
            "us_app_to_person": f"{url}/Compliance/Usa2p",
        },
        "sid": service.sid,
        "url": url,
        "us_app_to_person_registered": False,
    }


def _number(sender: Sender) -> dict[str, Any]:
    return _pooled(sender, "PhoneNumbers") | {
        "capabilities": ["SMS", "MMS"],
        "phone_number": str(sender.address),
        "service_sid": sender.service,
    }


def _channel_sender(sender: Sender) -> dict[str, Any]:
    return _pooled(sender, "ChannelSenders") | {
        "messaging_service_sid": sender.service,
        "sender": str(sender.address),
        "sender_type": "WhatsApp",
    }


def _pooled(sender: Sender, kind: str) -> dict[str, Any]:
    return {
        "account_sid": here().account.sid,
        "country_code": country_of(sender.address.name),
        "date_created": iso(sender.created),
        "date_updated": iso(sender.created),
        "sid": sender.sid,
        "url": f"https://messaging.twilio.com/v1/Services/{sender.service}/{kind}/{sender.sid}",
    }
