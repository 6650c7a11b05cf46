"""JSON for other systems, under `/api/v1`."""

from __future__ import annotations

from apiflask import APIBlueprint

from bot.api import bulk, contacts, conversations, may_send, report
from bot.api.calls import Calls
from bot.runtime import Runtime


def api(runtime: Runtime) -> APIBlueprint:
    """Every call of the API."""
    blueprint = APIBlueprint("api", __name__, url_prefix="/api/v1")
    calls = Calls(runtime)
    contacts.add_to(blueprint, calls)
    conversations.add_to(blueprint, calls)
    may_send.add_to(blueprint, calls)
    bulk.add_to(blueprint, calls)
    report.add_to(blueprint, calls, exact_ids=not runtime.settings.simulator)
    return blueprint
