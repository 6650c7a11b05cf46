"""What a stand-in for Twilio may ask of this server, in a simulation: the time, and what is due.

The clock is ours: it stands in the database, and all processes read it. The stand-in moves it
through here, and moves its own along.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, jsonify, redirect, request
from sqlalchemy import Connection, Select, select
from werkzeug.wrappers import Response as BaseResponse

from bot.messaging.signatures import same
from bot.runtime import Runtime
from bot.store.bulk import insert_new, update_all
from bot.store.models import ClockOffset, Conversation, Sender

MICROSECOND = timedelta(microseconds=1)
MOST_SHOWN = 50

Waiting = Select[UUID, str, datetime | None, str, str]
"""Conversations: id, state, when time is up, the contact's address and ours."""


class BeyondTime(ValueError):
    """No clock can show that moment."""


def simulator_link(runtime: Runtime) -> Blueprint:
    """`/simulator` and below; all of it answers 404 outside a simulation."""
    blueprint = Blueprint("simulator_link", __name__, url_prefix="/simulator")
    settings = runtime.settings

    @blueprint.before_request
    def only_in_a_simulation() -> None:
        """Answer 404 where no simulation runs."""
        if not settings.simulator:
            abort(404)

    @blueprint.get("")
    def page() -> BaseResponse:
        """Lead to the simulator's own page."""
        return redirect(f"{settings.twilio_api_url}/simulator", 303)

    @blueprint.get("/clock")
    def clock() -> Response:
        """Tell the stand-in what time it is."""
        _demand_the_stand_in(runtime)
        return jsonify(_time(runtime))

    @blueprint.post("/clock")
    def set_clock() -> Response:
        """Move the clock of the simulation."""
        _demand_the_stand_in(runtime)
        given = request.get_json()
        try:
            _move(runtime, given if isinstance(given, dict) else {})
        except (BeyondTime, TypeError, OverflowError) as error:
            abort(400, str(error))
        return jsonify(_time(runtime))

    @blueprint.get("/deadlines")
    def deadlines() -> Response:
        """Tell the stand-in whose time is up next, and how it stands with those it names."""
        _demand_the_stand_in(runtime)
        asked = [part for part in request.args.get("of", "").split(",") if part]
        with runtime.database.reading() as connection:
            coming = _shown(connection, _due().limit(MOST_SHOWN))
            wanted = _shown(connection, _named(asked)) if asked else []
        return jsonify(now=runtime.clock.now().isoformat(), deadlines=coming, asked=wanted)

    return blueprint


def advance(connection: Connection, step: timedelta, wall: datetime) -> None:
    """Move the clock of all processes. Raises `BeyondTime`."""
    insert_new(connection, ClockOffset, [{"id": 1, "microseconds": 0}], ["id"])
    query = select(ClockOffset.microseconds).where(ClockOffset.id == 1).with_for_update()
    offset = connection.scalars(query).one() + step // MICROSECOND
    try:
        # A month's room: what is computed from this moment must be a moment too.
        wall + timedelta(microseconds=offset, days=31)
    except OverflowError:
        raise BeyondTime("That is later than any clock can show.") from None
    update_all(connection, ClockOffset, [{"id": 1, "microseconds": offset}], keys=("id",))


def reset(connection: Connection) -> None:
    """Let the clock of all processes show the real time again."""
    update_all(connection, ClockOffset, [{"id": 1, "microseconds": 0}], keys=("id",))


def _demand_the_stand_in(runtime: Runtime) -> None:
    """Whoever moves the clock knows the account that both sides simulate."""
    given = request.authorization
    account, tokens = runtime.settings.twilio_account_sid, runtime.settings.twilio_auth_token
    name, password = (given.username, given.password) if given else (None, None)
    known = any(same(password or "", token.get_secret_value()) for token in tokens)
    if name != account or not known:
        abort(401, "Sign in with the simulated account's sid and token.")


def _move(runtime: Runtime, given: dict[str, Any]) -> None:
    with runtime.database.writing() as connection:
        if given.get("reset"):
            reset(connection)
        if seconds := given.get("advance_seconds"):
            advance(connection, timedelta(seconds=seconds), runtime.clock.wall())


def _time(runtime: Runtime) -> dict[str, Any]:
    now, wall = runtime.clock.now(), runtime.clock.wall()
    return {"now": now.isoformat(), "ahead_seconds": round((now - wall).total_seconds(), 3)}


def _due() -> Waiting:
    """The conversations that wait for the time, the nearest first."""
    return _conversations().where(Conversation.due_at.is_not(None)).order_by(Conversation.due_at)


def _named(ids: list[str]) -> Waiting:
    try:
        wanted = [UUID(text) for text in ids[:MOST_SHOWN]]
    except ValueError:
        abort(400, "of takes ids of conversations, with commas.")
    return _conversations().where(Conversation.id.in_(wanted))


def _conversations() -> Waiting:
    return (
        select(
            Conversation.id, Conversation.state, Conversation.due_at,
            Conversation.address.label("value"), Sender.address.label("sender"),
        )
        .join(Sender, Sender.id == Conversation.sender_id)
    )  # fmt: skip


def _shown(connection: Connection, query: Waiting) -> list[dict[str, Any]]:
    return [
        {
            "conversation": str(row.id),
            "address": row.value,
            "sender": row.sender,
            "state": row.state,
            "due_at": row.due_at.isoformat() if row.due_at else None,
        }
        for row in connection.execute(query)
    ]
