"""Puts the parts of the web together. Commands have an application of their own: `bot.cli`."""

from __future__ import annotations

import sys

import structlog
from apiflask import APIBlueprint, APIFlask
from apiflask.exceptions import HTTPError
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from bot import garbage
from bot.api import DESCRIPTION, api
from bot.api.body import read_bodies
from bot.api.document import complete
from bot.api.problem import Problem, answer
from bot.config import Misconfigured
from bot.console import console
from bot.health import health
from bot.log import configure_logging
from bot.messaging.media import media
from bot.messaging.webhooks import Webhooks
from bot.runtime import Runtime, load_runtime
from bot.simulator_link import simulator_link

log = structlog.get_logger()


def served() -> Flask:
    """The web application for a server, which ends in words when it could not take messages."""
    try:
        app = create_app()
    except Misconfigured as error:
        sys.exit(str(error))
    garbage.settle()
    return app


def create_app(runtime: Runtime | None = None) -> Flask:
    """Make the web application. Raises `Misconfigured` when it could not take messages."""
    runtime = runtime or load_runtime()
    runtime.settings.require_all()
    configure_logging(runtime.settings.log_format)
    app = APIFlask(
        __name__,
        title="Assent",
        version="1",
        spec_path=DESCRIPTION,
        docs_path=None,
        json_errors=False,
    )
    read_bodies(app)
    app.config.update(MAX_CONTENT_LENGTH=1024 * 1024, SPEC_FORMAT="json")
    app.register_blueprint(media(runtime))
    app.register_blueprint(health(runtime))
    app.register_blueprint(simulator_link(runtime))
    app.register_blueprint(api(runtime))
    app.spec_processor(complete)
    app.register_blueprint(console(runtime))
    _describe_only_the_api(app)
    _answer_errors(app)
    app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        app.wsgi_app, {"/twilio": Webhooks(runtime)}
    )
    return app


def _describe_only_the_api(app: Flask) -> None:
    """Let plain blueprints say that they are no part of it, else it cannot be made."""
    for one in app.blueprints.values():
        if not isinstance(one, APIBlueprint):
            one.enable_openapi = False  # type: ignore[attr-defined]


def _answer_errors(app: APIFlask) -> None:
    """Errors in words, in the form that who asked can read. None of them is a bare 500."""

    @app.error_processor
    def invalid(error: HTTPError) -> Response:
        """What a call gives does not fit: say what is wrong with which field."""
        places = error.detail if isinstance(error.detail, dict) else {}
        errors: object = next(iter(places.values()), {})
        return answer(Problem(error.status_code, "invalid", error.message or "", errors=errors))

    @app.errorhandler(Problem)
    def problem(error: Problem) -> Response:
        """A call was refused: say why, with its code."""
        return answer(error)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> ResponseReturnValue:
        """There is no such address, or it is not called like this: say so."""
        if _for_machines():
            code = "not_found" if error.code == 404 else "invalid"
            told = answer(Problem(error.code or 500, code, error.description or ""))
        else:
            told = Response(f"{error.description}\n", error.code, mimetype="text/plain")
        return _with_headers(told, error)

    @app.errorhandler(DBAPIError)
    def database_away(error: DBAPIError) -> ResponseReturnValue:
        """The database did not do its part: whoever asked may come again."""
        log.error("database_error", path=request.path, error=str(error.orig))
        return _unavailable()

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> ResponseReturnValue:
        """A fault of ours: the log says more than the answer."""
        log.exception("unforeseen", path=request.path, error=type(error).__name__)
        return _fault()


def _with_headers(told: Response, error: HTTPException) -> Response:
    """What an error says in headers, such as which methods an address allows (RFC 9110, 15.5.6)."""
    for name, value in error.get_headers(request.environ):
        if name not in told.headers:
            told.headers.add(name, value)
    return told


def _for_machines() -> bool:
    return request.path.startswith("/api/")


def _unavailable() -> Response:
    if _for_machines():
        return answer(Problem(503, "unavailable"))
    return Response("The database cannot be written just now.\n", 503, mimetype="text/plain")


def _fault() -> Response:
    words = "Something went wrong here. It has been logged."
    if _for_machines():
        return answer(Problem(500, "fault"))
    return Response(f"{words}\n", 500, mimetype="text/plain")
