"""Where webhooks go: by sender, by Messaging Service, or to the one address of the stand-in.

https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from dataclasses import dataclass

from bot.simulator.addresses import Address
from bot.simulator.stand_in import StandIn


@dataclass(frozen=True, slots=True)
class Route:
    """Where a customer's message is posted to, and where when that fails."""

    url: str
    fallback: str | None = None


def inbound_route(stand_in: StandIn, recipient: Address) -> Route | None:
    """Return where messages to an address of the business go, None if nowhere."""
    sender = stand_in.senders.named(recipient)
    service = stand_in.services.find(sender.service)
    if service and service.inbound_url:
        return Route(service.inbound_url, service.url("FallbackUrl"))
    own = sender.webhook.get("callback_url") or stand_in.settings.webhook
    fallback = sender.webhook.get("fallback_url") or stand_in.settings.fallback
    return Route(own, fallback) if own else None


def status_url(stand_in: StandIn, sender: Address, service_sid: str | None) -> str | None:
    """Return where the fate of a message is told if the message itself does not say."""
    service = stand_in.services.find(service_sid)
    of_service = service.url("StatusCallback") if service else None
    return of_service or stand_in.senders.named(sender).webhook.get("status_callback_url")
