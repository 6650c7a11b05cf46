"""What is said, and when: every flow, found by its file.

A new flow is a new module here with a value called `flow`. Pure: no web, database, provider, clock
or randomness.
"""

from __future__ import annotations

import importlib
import pkgutil

from flows.flow import Flow


def _found() -> dict[str, Flow]:
    modules = (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    )
    flows = (getattr(module, "flow", None) for module in modules)
    return {flow.name: flow for flow in flows if isinstance(flow, Flow)}


FLOWS: dict[str, Flow] = _found()
"""Every flow by its name."""


def serving(channel: str, policy: str) -> Flow:
    """The flow for a channel under a consent policy. Raises `LookupError` when there is none."""
    for flow in FLOWS.values():
        if (flow.channel, flow.policy) == (channel, policy):
            return flow
    raise LookupError(f"no flow serves {channel} with the policy {policy!r}")
