"""May I message this person now, and how?"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from bot.api.calls import Call, Calls
from bot.api.problem import Problem
from bot.api.schemas import MaySend, MaySendOut
from bot.conversations import held
from bot.conversations.actions import actions
from bot.people import contacts, newcomers, senders
from bot.people.phones import BadPhone, read_phone


def add_to(blueprint: APIBlueprint, calls: Calls) -> None:
    """Add this call to the API."""

    @blueprint.get("/may-send")
    @blueprint.input(MaySend, location="query")
    @blueprint.output(MaySendOut)
    @blueprint.doc(responses={409: "no_sender", 422: "not a phone number"})
    def may_send(query_data: MaySend) -> Response:
        """May I message this person now, and how?"""
        return calls.read(lambda call: _may_send(call, query_data))


def _may_send(call: Call, asked: MaySend) -> dict[str, Any]:
    try:
        phone = read_phone(asked.phone)
    except BadPhone as error:
        raise Problem(422, "invalid", str(error), errors={"phone": [str(error)]}) from None
    house = senders.of_organization(
        call.connection, call.caller.organization_id, asked.channel, asked.sender
    )
    if house is None:
        raise Problem(409, "no_sender")
    owner = contacts.by_address(call.connection, house.organization_id, phone)
    whose = {phone: owner} if owner else {}
    known = newcomers.conversations_with(call.connection, house, whose)
    keys = [(house.organization_id, one) for one in known.values()]
    conversation = next(iter(held.by_key(call.connection, keys, lock=False).values()), None)
    if conversation is None:
        flow = house.flow
        return _verdict([], flow.initial, flow.state(flow.initial).closed_because, None)
    allowed = actions(conversation, call.now)
    how = [way for way in ("text", "template") if allowed[f"send_{way}"]["allowed"]]
    why = allowed["send_text" if house.channel == "sms" else "send_template"]
    reason = None if how else why["reason"]
    return _verdict(how, conversation.state, reason, allowed["request_opt_in"]["allowed_at"])


def _verdict(
    how: list[str], state: str, reason: str | None, allowed_at: str | None
) -> dict[str, Any]:
    return {
        "allowed": bool(how),
        "how": how,
        "state": state,
        "reason": reason,
        "allowed_at": None if how else allowed_at,
    }
