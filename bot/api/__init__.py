"""JSON for other systems, under `/api/v1`."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import request

from bot.api import bulk, contacts, conversations, may_send, report
from bot.api.calls import Calls
from bot.runtime import Runtime

ROOT = "/api/v1"
DESCRIPTION = f"{ROOT}/openapi.json"
"""Where the calls are described, to whoever asks."""


def api(runtime: Runtime) -> APIBlueprint:
    """Every call of the API."""
    blueprint = APIBlueprint("api", __name__, url_prefix=ROOT)
    calls = Calls(runtime)

    # Of the whole application: an address that is no call's belongs to no blueprint.
    @blueprint.before_app_request
    def ask_for_a_token() -> None:
        """Tell whoever calls without a token nothing but that (401), whatever they call."""
        if f"{request.path}/".startswith(f"{ROOT}/") and request.path != DESCRIPTION:
            calls.admit()

    contacts.add_to(blueprint, calls)
    conversations.add_to(blueprint, calls)
    may_send.add_to(blueprint, calls)
    bulk.add_to(blueprint, calls)
    report.add_to(blueprint, calls, exact_ids=not runtime.settings.simulator)
    return blueprint
