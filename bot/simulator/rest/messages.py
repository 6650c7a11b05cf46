"""The Messages resource: create, list, fetch, redact, delete.

https://www.twilio.com/docs/messaging/api/message-resource
"""

import time
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from bot.simulator.delivery import begin
from bot.simulator.faults import CREATE, LIST
from bot.simulator.message import API_VERSION, Message, as_json
from bot.simulator.rest import gate
from bot.simulator.rest.cut import cut
from bot.simulator.rest.draft import draft
from bot.simulator.rest.errors import Refused, absent
from bot.simulator.rest.filters import Wanted, wanted
from bot.simulator.rest.paging import paged
from bot.simulator.stand_in import StandIn, here

messages = Blueprint("messages", __name__, url_prefix=f"/{API_VERSION}/Accounts/<account_sid>")
messages.before_request(gate.check_credentials)
messages.before_request(gate.strike)


@messages.post("/Messages.json")
def create(account_sid: str) -> Response:
    """Create a message and send it on its way; answers 201 with status queued or accepted."""
    stand_in = here()
    message = draft(stand_in, request.form)
    shown = as_json(message, account_sid)
    stand_in.mailbox.keep(message)
    begin(stand_in, message)
    return _answer_created(stand_in, shown)


@messages.get("/Messages.json")
def page(account_sid: str) -> dict[str, Any]:
    """List messages, newest first, filtered and paged."""
    stand_in = here()
    is_wanted = wanted(request.args)
    is_hidden = _hidden(stand_in)
    found = stand_in.mailbox.matching(lambda one: is_wanted(one) and not is_hidden(one))
    part = paged(found, request.args, request.path)
    return part.frame | {"messages": [as_json(message, account_sid) for message in part.items]}


@messages.get("/Messages/<sid>.json")
def fetch(account_sid: str, sid: str) -> dict[str, Any]:
    """Show one message."""
    return as_json(_found(sid), account_sid)


@messages.post("/Messages/<sid>.json")
def update(account_sid: str, sid: str) -> dict[str, Any]:
    """Redact a message's body: only the empty Body is allowed."""
    stand_in, message = here(), _found(sid)
    if request.form.get("Body"):
        raise Refused(20001, "Body may only be updated to the empty string")
    if "Body" in request.form:
        stand_in.mailbox.redact(message, stand_in.clock.now())
    return as_json(message, account_sid)


@messages.delete("/Messages/<sid>.json")
def delete(account_sid: str, sid: str) -> tuple[str, int]:  # noqa: ARG001 - from the path
    """Delete a message."""
    here().mailbox.delete(_found(sid))
    return "", 204


def _found(sid: str) -> Message:
    message = here().mailbox.find(sid)
    if message is None:
        raise absent()
    return message


def _hidden(stand_in: StandIn) -> Wanted:
    lag = stand_in.faults.claim("list_lag", LIST)
    if lag is None:
        return lambda _: False
    visible_until = stand_in.clock.now() - timedelta(seconds=lag.seconds)
    return lambda message: message.created > visible_until


def _answer_created(stand_in: StandIn, shown: dict[str, Any]) -> Response:
    if stand_in.faults.claim("500_created", CREATE):
        raise Refused(20500)
    answer = jsonify(shown)
    answer.status_code = 201
    if stand_in.faults.claim("reset_created", CREATE):
        return cut(answer)
    hang = stand_in.faults.claim("hang", CREATE)
    if hang:
        time.sleep(hang.seconds)
    return answer
