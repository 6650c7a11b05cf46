"""What cannot be shown, in words and with a way on. Other systems are answered as before."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

import structlog
from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from bot.console.desk import NotSignedIn
from bot.conversations.attachments import LARGEST, MEGABYTE

MACHINES = ("/api/", "/twilio/", "/media/", "/simulator", "/healthz", "/readyz", "/metrics")
MISSING = "There is no such page, or it belongs to another organization."
AWAY = "The database cannot be reached just now. Nothing was changed; try again in a moment."
TOO_MUCH = f"That is more than can be taken here: a file has at most {LARGEST // MEGABYTE} MB."
FAULT = "Something went wrong here. It has been logged, and nothing was changed."

log = structlog.get_logger()


def add_to(blueprint: Blueprint) -> None:
    """Answer errors of the console, and addresses that lead nowhere."""
    blueprint.register_error_handler(NotSignedIn, _sign_in_first)
    blueprint.register_error_handler(HTTPException, _refused)
    blueprint.register_error_handler(DBAPIError, _database_away)
    blueprint.register_error_handler(Exception, _unforeseen)
    blueprint.app_errorhandler(404)(_nowhere)


def _sign_in_first(_error: NotSignedIn) -> ResponseReturnValue:
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return Response("Sign in again.\n", 401, mimetype="text/plain")
    after = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("console.sign_in", next=after if after != "/" else None), 303)


def _refused(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return cast(Response, error.response)
    if error.code == 413:
        return _page(413, TOO_MUCH)
    return _page(error.code or 500, _own_words(error) or (MISSING if error.code == 404 else ""))


def _nowhere(error: HTTPException) -> ResponseReturnValue:
    wants_page = "text/html" in request.headers.get("Accept", "")
    if wants_page and not request.path.startswith(MACHINES):
        return _page(404, _own_words(error) or MISSING)
    # What the application answers to errors that are nobody's in particular.
    general = current_app.error_handler_spec[None][None][HTTPException]
    return cast(ResponseReturnValue, general(error))


def _own_words(error: HTTPException) -> str | None:
    """What was said where it was refused, if anything was."""
    return error.description if error.description != type(error).description else None


def _database_away(error: DBAPIError) -> ResponseReturnValue:
    log.error("database_error", path=request.path, error=str(error.orig))
    return _page(503, AWAY)


def _unforeseen(error: Exception) -> ResponseReturnValue:
    log.exception("unforeseen", path=request.path, error=type(error).__name__)
    return _page(500, FAULT)


def _page(status: int, words: str) -> Response:
    title = {403: "Not allowed", 404: "Not here", 410: "No longer kept", 429: "Too many tries"}.get(
        status, HTTPStatus(status).phrase
    )
    return make_response(render_template("refusal.html", title=title, words=words), status)
