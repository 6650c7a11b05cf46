"""The sender that a call asks from."""

from __future__ import annotations

from bot.api.calls import Call
from bot.api.problem import refused
from bot.conversations.actions import Refusal
from bot.people import senders
from bot.people.senders import House, NoHouse


def house_of(call: Call, channel: str, sender: str | None = None) -> House:
    """The sender that is named, else the caller's first. Raises `Problem` when none may ask."""
    try:
        return senders.house_of(call.connection, call.caller.organization_id, channel, sender)
    except NoHouse as error:
        raise refused(Refusal(error.reason)) from None
