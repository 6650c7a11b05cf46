"""Is it alive, is it ready, and how is it doing?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.messaging.signatures import same
from bot.runtime import Runtime
from bot.store.models import Heartbeat, Message, Problem, Stray
from bot.store.models.conversations import OUR_CONCERN, has_status
from bot.store.schema import current_revision, newest_revision

LATE = timedelta(seconds=30)
"""A heartbeat older than this means that the worker is away."""

NOT_MIGRATED = {
    "ready": False,
    "database": "not migrated",
    "migrations": "behind; run: flask db upgrade",
    "worker": "unknown",
}


def health(runtime: Runtime) -> Blueprint:
    """`/healthz`, `/readyz` and `/metrics`."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        """Say that this process is alive."""
        return jsonify(status="alive")

    @blueprint.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """Say whether webhooks can be taken; 503 when they cannot."""
        state = readiness(runtime)
        return jsonify(state), 200 if state["ready"] else 503

    @blueprint.get("/metrics")
    def show_metrics() -> Response:
        """Give out the figures that Prometheus collects, to who knows the token if there is one."""
        token = runtime.settings.metrics_token
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token and not same(given, token.get_secret_value()):
            abort(401, "Send METRICS_TOKEN as a Bearer token.")
        counted = generate_latest(metrics.REGISTRY) + generate_latest(_counted_now(runtime))
        return Response(counted, mimetype="text/plain; version=0.0.4")

    return blueprint


def readiness(runtime: Runtime) -> dict[str, Any]:
    """Whether webhooks can be taken, and what else an operator wants to know at a glance.

    The worker's absence is shown but does not count: messages must be taken while it is away.
    """
    try:
        with runtime.database.writing() as connection:
            current = current_revision(connection)
            if current != newest_revision():
                return NOT_MIGRATED
            # A row that is never there: it takes the write lock and changes nothing.
            connection.execute(delete(Heartbeat).where(Heartbeat.name == ""))
            worker = _worker(connection, runtime)
    except SQLAlchemyError as error:
        words = f"The database cannot be written: {type(error).__name__}."
        return {"ready": False, "database": words, "migrations": "unknown", "worker": "unknown"}
    return {"ready": True, "database": "writable", "migrations": "current", "worker": worker}


def _worker(connection: Connection, runtime: Runtime) -> str:
    last = connection.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))
    if last is None:
        return "never seen; start it with: flask worker"
    if runtime.clock.wall() - last > LATE:
        return f"away since {last.isoformat(timespec='seconds')}"
    return "working"


def _counted_now(runtime: Runtime) -> CollectorRegistry:
    registry = CollectorRegistry()
    outbox = Gauge("assent_outbox", "Messages not yet sent", ["status"], registry=registry)
    single = {
        "assent_problems": ("Open problems", select(func.count()).select_from(Problem)),
        "assent_strays": ("Messages without a place", select(func.count()).select_from(Stray)),
    }
    with runtime.database.reading() as connection:
        by_status = select(Message.status, func.count()).where(
            has_status(Message.status, *OUR_CONCERN)
        )
        for status, count in connection.execute(by_status.group_by(Message.status)):
            outbox.labels(status).set(count)
        for name, (words, query) in single.items():
            Gauge(name, words, registry=registry).set(connection.scalar(query) or 0)
        _beats(connection, registry, runtime)
    return registry


def _beats(connection: Connection, registry: CollectorRegistry, runtime: Runtime) -> None:
    ages = Gauge("assent_heartbeat_age_seconds", "Since the last beat", ["name"], registry=registry)
    for name, at in connection.execute(select(Heartbeat.name, Heartbeat.at)):
        ages.labels(name).set((runtime.clock.wall() - at).total_seconds())
