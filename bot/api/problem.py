"""Errors as RFC 9457 `application/problem+json`, each with a stable `code`."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify

from bot.conversations.actions import Refusal

WORDS = {
    "already_requested": "A request is out and was not answered; it can be repeated later.",
    "already_opted_in": "The contact has opted in already.",
    "already_informed": "The contact has been told who writes already.",
    "opted_out": "The contact has opted out. Nothing may be sent until they say yes.",
    "not_opted_in": "The contact has not opted in. Ask for consent first.",
    "not_informed": "The contact has not been told who writes. Begin the conversation first.",
    "whatsapp_disabled": "WhatsApp is not enabled for this organization.",
    "whatsapp_only": "Templates and files can be sent on WhatsApp only. Send a text.",
    "text_too_long": "A message has at most 1,600 characters. Shorten it, or send two.",
    "window_closed": "The 24 hours in which free text may be sent are over. Send a template.",
    "no_template": "The sender has no approved template for the request in this language.",
    "no_attempts_left": "The contact was asked as often as your organization allows, and has not "
    "answered. Nothing more may be asked until they write.",
    "too_many_messages": "Ten automatic messages went to this contact within 24 hours; wait before "
    "asking.",
    "no_sender": "The organization has no sender on this channel.",
    "no_phone": "The contact has no phone number, so no SMS can reach them.",
    "sms_disabled": "SMS is not enabled for this organization.",
    "nobody_found": "No contact is found, so nobody would be asked. Look at the search.",
    "too_many_contacts": "More contacts are meant than are asked for at once. Ask for fewer.",
    "wrong_status": "The bulk request's status does not allow it. `may` says what it allows.",
    "contact_exists": "A contact with this number exists already.",
    "not_found": "There is no such thing here.",
    "unauthorized": "Send a valid token as: Authorization: Bearer <token>.",
    "idempotency_key_reused": "This Idempotency-Key was used for another request.",
    "invalid": "The request is not valid.",
    "fault": "Something went wrong here. It has been logged.",
    "unavailable": "The database cannot be written just now. Try again.",
}
"""Every code, and what it says to a person."""

STATUSES = {"text_too_long": 422}
"""Refusals for what was given, not for how things stand."""


class Problem(Exception):
    """A call that cannot be done. `more` are further members of the answer."""

    def __init__(self, status: int, code: str, detail: str = "", **more: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail or WORDS.get(code, "")
        self.more = more


def refused(refusal: Refusal) -> Problem:
    """A refusal of the rules: mostly 409, with the moment from which it is possible."""
    if refusal.allowed_at is None:
        return Problem(STATUSES.get(refusal.reason, 409), refusal.reason)
    return Problem(409, refusal.reason, allowed_at=rfc3339(refusal.allowed_at))


def not_found() -> Problem:
    """Not there, or another organization's, which is the same."""
    return Problem(404, "not_found")


def bad_cursor(error: Exception) -> Problem:
    """The cursor of a listing is none that was given."""
    return Problem(422, "invalid", str(error), errors={"cursor": [str(error)]})


def answer(problem: Problem) -> Response:
    """A problem as a response."""
    response = jsonify(
        type=f"urn:assent:problem:{problem.code}",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
        **problem.more,
    )
    response.status_code = problem.status
    response.mimetype = "application/problem+json"
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def rfc3339(moment: datetime | None) -> str | None:
    """A moment as the API writes it: UTC, ending in `Z`."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None
