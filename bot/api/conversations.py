"""Conversations: look, read on, write, withdraw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response

from bot.api import views
from bot.api.calls import Call, Calls
from bot.api.new_message import NewMessage, media_type
from bot.api.problem import not_found, refused
from bot.api.schemas import (
    After,
    ConversationOut,
    LinePage,
    MessageOut,
    Withdrawal,
)
from bot.conversations import engine, held, letters, timeline
from bot.conversations.actions import Refusal
from bot.conversations.held import Held
from bot.conversations.letters import Letter
from bot.messaging.segments import measure

WRITING = "not_opted_in, opted_out, window_closed, whatsapp_only"
"""Why a message may be refused."""


def add_to(blueprint: APIBlueprint, calls: Calls) -> None:
    """Add these calls to the API."""

    @blueprint.get("/conversations/<uuid:conversation_id>")
    @blueprint.output(ConversationOut)
    @blueprint.doc(responses={404: "not_found"})
    def show_conversation(conversation_id: UUID) -> Response:
        """Show a conversation, and what may be done next."""
        return calls.read(lambda call: _show(call, conversation_id))

    @blueprint.get("/conversations/<uuid:conversation_id>/timeline")
    @blueprint.input(After, location="query")
    @blueprint.output(LinePage)
    @blueprint.doc(responses={404: "not_found"})
    def show_timeline(conversation_id: UUID, query_data: After) -> Response:
        """Read a conversation in order."""
        return calls.read(lambda call: _timeline(call, conversation_id, query_data))

    @blueprint.post("/conversations/<uuid:conversation_id>/messages")
    @blueprint.input(NewMessage)
    @blueprint.output(MessageOut, 202)
    @blueprint.doc(responses={404: "not_found", 409: WRITING})
    def send_message(conversation_id: UUID, json_data: NewMessage) -> Response:
        """Write to a contact who has opted in."""
        return calls.write(lambda call: _send(call, conversation_id, json_data), 202)

    @blueprint.post("/conversations/<uuid:conversation_id>/withdraw")
    @blueprint.input(Withdrawal)
    @blueprint.output(ConversationOut)
    @blueprint.doc(responses={404: "not_found"})
    def withdraw(conversation_id: UUID, json_data: Withdrawal) -> Response:
        """Enter an opt-out that reached you another way."""
        return calls.write(lambda call: _withdraw(call, conversation_id, json_data), 200)


def _find(call: Call, conversation_id: UUID) -> Held:
    key = (call.caller.organization_id, conversation_id)
    found = held.by_key(call.connection, [key], lock=False).get(key)
    if found is None:
        raise not_found()
    return found


def _show(call: Call, conversation_id: UUID) -> dict[str, Any]:
    return views.conversation(_find(call, conversation_id), call.now)


def _timeline(call: Call, conversation_id: UUID, asked: After) -> dict[str, Any]:
    key = _find(call, conversation_id).key
    found = timeline.lines(call.connection, key, asked.after, asked.limit + 1)
    page = found[: asked.limit]
    last = page[-1].seq if len(found) > asked.limit else None
    return {"items": [views.line(line) for line in page], "next": last}


def _send(call: Call, conversation_id: UUID, given: NewMessage) -> dict[str, Any]:
    found = _find(call, conversation_id)
    key = found.key
    media = next(({"url": url, "type": media_type(url)} for url in given.media), None)
    letter = Letter(key, call.caller.name, given.text or "", given.template, given.variables, media)
    written = letters.write(call.connection, letter, call.now)
    if isinstance(written, Refusal):
        raise refused(written)
    line = timeline.message(call.connection, (key[0], written))
    segments = measure(line.text).segments if found.channel == "sms" else None
    return {"id": str(written), "segments": segments, **views.line(line)}


def _withdraw(call: Call, conversation_id: UUID, given: Withdrawal) -> dict[str, Any]:
    key = _find(call, conversation_id).key
    engine.withdraw(call.connection, key, call.caller.name, given.reason, call.now)
    return _show(call, conversation_id)
