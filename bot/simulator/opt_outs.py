"""Words that Twilio obeys by itself: by default on SMS, and with Advanced Opt-Out everywhere.

https://help.twilio.com/articles/223134027
https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
"""

from typing import Final

from bot.simulator.addresses import Address
from bot.simulator.stand_in import StandIn

UNSUBSCRIBED: Final = 21610

_KINDS: Final = {
    "STOP": {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"},
    "START": {"START", "YES", "UNSTOP"},
    "HELP": {"HELP", "INFO"},
}


def kind_of(text: str) -> str | None:
    """Return STOP, START or HELP for a message that is one of the words and nothing else."""
    word = text.strip().upper()
    return next((kind for kind, words in _KINDS.items() if word in words), None)


def is_advanced(stand_in: StandIn, sender: Address) -> bool:
    """Say whether a sender's Messaging Service has Advanced Opt-Out."""
    service = stand_in.services.find(stand_in.senders.service_of(sender))
    return service is not None and service.advanced_opt_out


def obey(stand_in: StandIn, customer: str, sender: Address, text: str) -> None:
    """Unsubscribe a customer who writes STOP, and take them back at START."""
    kind = kind_of(text)
    if kind in ("STOP", "START") and (not sender.is_whatsapp or is_advanced(stand_in, sender)):
        stand_in.correspondence.unsubscribe(customer, sender, stopped=kind == "STOP")


def told(stand_in: StandIn, sender: Address, text: str) -> dict[str, str]:
    """Return what a webhook says of it: only Advanced Opt-Out tells."""
    kind = kind_of(text)
    return {"OptOutType": kind} if kind and is_advanced(stand_in, sender) else {}
