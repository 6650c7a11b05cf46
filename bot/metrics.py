"""What is counted in this process. What the database knows is counted when it is asked for."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

REGISTRY = CollectorRegistry()

INBOUND = Counter(
    "assent_inbound", "Messages of contacts, by what became of them", ["result"], registry=REGISTRY
)
CALLBACKS = Counter(
    "assent_callbacks", "Status callbacks, by whether they were ours", ["result"], registry=REGISTRY
)
REFUSED = Counter(
    "assent_webhooks_refused", "Webhooks without a valid signature", ["reason"], registry=REGISTRY
)
