"""Bulk requests: what would come of one, its beginning, how far it has come, and its pauses."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel
from sqlalchemy import Row

from bot.api import views
from bot.api.calls import Call, Calls
from bot.api.house import house_of
from bot.api.new_bulk import ForecastOut, NewBulk
from bot.api.problem import Problem, bad_cursor, not_found
from bot.api.schemas import Channel, Empty, Page
from bot.campaigns import beginning, course, forecast, room
from bot.campaigns.beginning import Plan
from bot.campaigns.candidates import Candidate, Nobody, TooMany, few
from bot.campaigns.progress import progress_of, progress_of_each
from bot.people.mistakes import Mistake
from bot.people.search import BadCursor, read_id
from bot.people.senders import House

BEGINNING: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "It has begun; the worker asks one after the other",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BulkOut"}}},
    },
    409: {
        "description": "no_sender, whatsapp_disabled, sms_disabled, nobody_found, too_many_contacts"
    },
}
"""What else may come of beginning one."""

DEEDS = {
    "pause": "Let a bulk request ask nobody more, until it is resumed",
    "resume": "Go on with a bulk request that pauses",
    "cancel": "End a bulk request; whoever was not asked yet is not asked by it",
}


class StatusesOut(BaseModel):
    """How many of the contacts were asked, wait for their turn, or will not be asked."""

    asked: int
    waiting: int
    refused: int
    failed: int
    cancelled: int


class BulkOut(BaseModel):
    """A bulk request and how far it has come.

    `obstacle` is what keeps all of it until `due_at`; `reasons` are those of contacts who wait or
    will not be asked; `states` are those of the conversations with who was asked, by now.
    """

    id: str
    status: Literal["preparing", "running", "paused", "cancelled", "done"]
    obstacle: str | None
    due_at: str | None
    channel: Channel
    sender: str
    basis: str
    source: str
    asked_by: str
    created_at: str
    ended_at: str | None
    total: int
    statuses: StatusesOut
    reasons: dict[str, int]
    states: dict[str, int]
    may: list[Literal["pause", "resume", "cancel"]]


class BulkPage(BaseModel):
    """Bulk requests, and the cursor of the next page."""

    items: list[BulkOut]
    next: str | None


def add_to(blueprint: APIBlueprint, calls: Calls) -> None:
    """Add these calls to the API."""

    @blueprint.post("/bulk")
    @blueprint.input(NewBulk)
    @blueprint.output(ForecastOut, description="With `dry_run`: what would come of it")
    @blueprint.doc(responses=BEGINNING)
    def ask_many(json_data: NewBulk) -> Response:
        """Ask many contacts for consent, or say what would come of it."""
        if json_data.dry_run:
            return calls.read(lambda call: _foresee(call, json_data))
        return calls.write(lambda call: _begin(call, json_data), 202)

    @blueprint.get("/bulk")
    @blueprint.input(Page, location="query")
    @blueprint.output(BulkPage)
    def list_bulk(query_data: Page) -> Response:
        """List bulk requests and how far each has come, newest first."""
        return calls.read(lambda call: _list(call, query_data))

    @blueprint.get("/bulk/<uuid:bulk_id>")
    @blueprint.output(BulkOut)
    @blueprint.doc(responses={404: "not_found"})
    def show_bulk(bulk_id: UUID) -> Response:
        """Show a bulk request, and how far it has come."""
        return calls.read(lambda call: _show(call, bulk_id))

    for deed, words in DEEDS.items():
        _add_deed(blueprint, calls, deed, words)


def _add_deed(blueprint: APIBlueprint, calls: Calls, deed: str, words: str) -> None:
    @blueprint.post(f"/bulk/<uuid:bulk_id>/{deed}", endpoint=f"{deed}_bulk")
    @blueprint.input(Empty, arg_name="nothing")
    @blueprint.output(BulkOut)
    @blueprint.doc(summary=words, responses={404: "not_found", 409: "wrong_status"})
    def do(bulk_id: UUID, nothing: Empty) -> Response:  # noqa: ARG001
        """Let a bulk request pause, go on or end."""
        return calls.write(lambda call: _do(call, bulk_id, deed), 200)


def _foresee(call: Call, asked: NewBulk) -> dict[str, Any]:
    house, candidates = _meant(call, asked)
    prospects = list(forecast.look(call.connection, house, candidates, call.now))
    reach, _ = room.in_reach(call.connection, house, call.now)
    items = [views.prospect(one) for one in prospects]
    return {**forecast.counts(prospects), "reach": reach, "items": items}


def _begin(call: Call, asked: NewBulk) -> dict[str, Any]:
    house, candidates = _meant(call, asked)
    plan = Plan(house, call.caller.name, asked.basis, str(asked.whom))
    try:
        campaign = beginning.begin(call.connection, plan, candidates, call.now)
    except Mistake as error:
        raise Problem(422, "invalid", str(error), errors={"basis": [str(error)]}) from None
    return _show(call, campaign[1])


def _meant(call: Call, asked: NewBulk) -> tuple[House, list[Candidate]]:
    house = house_of(call, asked.channel, asked.sender)
    try:
        return house, few(asked.whom.candidates(call.connection, house))
    except Nobody:
        raise Problem(409, "nobody_found") from None
    except TooMany as error:
        raise Problem(409, "too_many_contacts", str(error)) from None


def _do(call: Call, bulk_id: UUID, deed: str) -> dict[str, Any]:
    found = _find(call, bulk_id)
    try:
        course.do(call.connection, (found.organization_id, found.id), deed, call.now)
    except Mistake as error:
        raise Problem(409, "wrong_status", str(error)) from None
    return _show(call, bulk_id)


def _list(call: Call, page: Page) -> dict[str, Any]:
    try:
        before = read_id(page.cursor) if page.cursor else None
    except BadCursor as error:
        raise bad_cursor(error) from None
    owner = call.caller.organization_id
    found = course.everyone(call.connection, owner, limit=page.limit + 1, before=before)
    shown = found[: page.limit]
    far = progress_of_each(call.connection, [(owner, one.id) for one in shown])
    items = [views.bulk(one, far[owner, one.id]) for one in shown]
    return {"items": items, "next": str(shown[-1].id) if found[page.limit :] else None}


def _show(call: Call, bulk_id: UUID) -> dict[str, Any]:
    found = _find(call, bulk_id)
    return views.bulk(found, progress_of(call.connection, (found.organization_id, found.id)))


def _find(call: Call, bulk_id: UUID) -> Row[Any]:
    try:
        return course.find(call.connection, bulk_id, call.caller.organization_id)
    except Mistake:
        raise not_found() from None
