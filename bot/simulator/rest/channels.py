"""WhatsApp senders: which there are, and where messages to each go.

https://www.twilio.com/docs/whatsapp/api/senders
"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, request

from bot.simulator import addresses
from bot.simulator.rest import gate
from bot.simulator.rest.errors import Refused, absent
from bot.simulator.rest.meta import meta_page
from bot.simulator.senders import Sender
from bot.simulator.stand_in import here

channels = Blueprint("channels", __name__, url_prefix="/v2/Channels/Senders")
channels.before_request(gate.check_credentials)
channels.before_request(gate.strike)


@channels.get("")
def page() -> dict[str, Any]:
    """List the senders of one channel; which one must be said."""
    channel = request.args.get("Channel")
    if not channel:
        raise Refused(20001, "Channel is required")
    found = here().senders.on(channel) if channel == addresses.WHATSAPP else ()
    return meta_page("senders", [_shown(sender) for sender in found])


@channels.get("/<sid>")
def fetch(sid: str) -> dict[str, Any]:
    """Show one sender."""
    return _shown(_found(sid))


@channels.post("")
def create() -> tuple[dict[str, Any], int]:
    """Register a sender; from then on only registered ones may send."""
    given = _given()
    address = addresses.sender(str(given.get("sender_id", "")))
    if address is None or not address.is_whatsapp:
        raise Refused(20001, "sender_id must be like whatsapp:+12025550199")
    sender = here().senders.register(address)
    return _shown(_change(sender.sid, given)), 202


@channels.post("/<sid>")
def update(sid: str) -> tuple[dict[str, Any], int]:
    """Change a sender's webhook or profile."""
    return _shown(_change(sid, _given())), 202


@channels.delete("/<sid>")
def delete(sid: str) -> tuple[str, int]:
    """Take a sender away."""
    here().senders.remove(_found(sid).sid)
    return "", 204


def _change(sid: str, given: dict[str, Any]) -> Sender:
    parts = {name: given.get(name) or {} for name in ("webhook", "profile", "configuration")}
    changed = here().senders.change(
        sid,
        lambda sender: replace(
            sender,
            webhook=sender.webhook | _texts(parts["webhook"]),
            profile=sender.profile | parts["profile"],
            configuration=sender.configuration | parts["configuration"],
        ),
    )
    if changed is None:
        raise absent()
    return changed


def _texts(webhook: dict[str, Any]) -> dict[str, str]:
    return {name: str(text) for name, text in webhook.items() if text is not None}


def _given() -> dict[str, Any]:
    given = request.get_json()
    if not isinstance(given, dict):
        raise Refused(20001, "a JSON object is expected")
    return given


def _found(sid: str) -> Sender:
    for sender in here().senders.on(addresses.WHATSAPP):
        if sender.sid == sid:
            return sender
    raise absent()


def _shown(sender: Sender) -> dict[str, Any]:
    webhook = {
        "callback_url": here().settings.webhook,
        "callback_method": "POST",
        "fallback_url": None,
        "fallback_method": "POST",
        "status_callback_url": None,
        "status_callback_method": "POST",
    }
    return {
        "compliance": None,
        "configuration": {"waba_id": "1" * 15} | sender.configuration,
        "offline_reasons": None,
        "profile": {"name": "A business on your desk"} | sender.profile,
        "properties": {"messaging_limit": "10K Customers/24hr", "quality_rating": "HIGH"},
        "sender_id": str(sender.address),
        "sid": sender.sid,
        "status": "ONLINE",
        "url": f"https://messaging.twilio.com/v2/Channels/Senders/{sender.sid}",
        "webhook": webhook | sender.webhook,
    }
