"""What Twilio calls: a message came; a message's fate is known. Never a TwiML reply."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    LengthRequired,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
    ServiceUnavailable,
    UnsupportedMediaType,
)
from werkzeug.wrappers import Response

from bot import metrics, problems
from bot.conversations import arrivals, engine
from bot.conversations.arrivals import Received
from bot.conversations.inbound import Inbound
from bot.messaging import callbacks
from bot.messaging.callbacks import Noted
from bot.messaging.forms import (
    Callback,
    Form,
    Senseless,
    Unplaceable,
    plain,
    read_callback,
    read_form,
    read_inbound,
)
from bot.messaging.signatures import Signatures
from bot.runtime import Runtime
from bot.store.together import Together

MOST_BYTES = 64 * 1024
MOST_FIELDS = 500
FORM = "application/x-www-form-urlencoded"
EMPTY = b"<Response/>"
LENGTH_OF_EMPTY = str(len(EMPTY))
MISSING = "missing", "has no signature"
INVALID = "invalid", "is not signed for this address with our Auth Token"

log = structlog.get_logger()


def silence(_environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    """Say nothing: a text here would be sent to the contact, past the outbox."""
    start("200 OK", [("Content-Type", "text/xml"), ("Content-Length", LENGTH_OF_EMPTY)])
    return [EMPTY]


class Webhooks:
    """The two addresses to give to Twilio, `/inbound` and `/status/<token>`: a WSGI application.

    It stands beside the framework's, in which a request costs more than all that is done with it
    here (`docs/decisions.md`).
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._signatures = Signatures(runtime.settings)
        self._account_sid = runtime.settings.twilio_account_sid or ""
        self._hear: Together[Inbound, Received] = Together(runtime.database, self._receive)
        self._note: Together[Callback, Noted] = Together(runtime.database, self._take_note)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request. What goes wrong here is answered 503, so that it comes again."""
        return self._answer(environ)(environ, start)

    def _answer(self, environ: WSGIEnvironment) -> WSGIApplication:
        try:
            return self._take(environ)
        except HTTPException as refused:
            return _in_words(refused, environ)
        except DBAPIError as error:
            log.error("database_error", path=_logged(environ), error=str(error.orig))
        except Exception as error:
            # The fault may be gone by then; else the sweep finds the message.
            log.exception("unforeseen", path=_logged(environ), error=type(error).__name__)
        return _in_words(ServiceUnavailable("The database cannot be written just now."), environ)

    def _take(self, environ: WSGIEnvironment) -> WSGIApplication:
        place, _, token = environ["PATH_INFO"].rpartition("/")
        if (place, token) == ("", "inbound"):
            return self._inbound(self._signed_form(environ))
        # PostgreSQL keeps no NUL, so no token of ours holds one, and it can be asked for none.
        if place == "/status" and token and "\0" not in token:
            return self._status(self._signed_form(environ), token)
        raise NotFound("Twilio's addresses here are /twilio/inbound and /twilio/status/<token>.")

    def _inbound(self, form: Form) -> WSGIApplication:
        try:
            message = read_inbound(form, self._account_sid)
        except Unplaceable as stray:
            return self._keep(stray, form)
        except Senseless as error:
            raise BadRequest(str(error)) from error
        metrics.INBOUND.labels(self._hear(message)).inc()
        return silence

    def _status(self, form: Form, token: str) -> WSGIApplication:
        try:
            report = read_callback(form, self._account_sid, token)
        except Senseless as error:
            raise BadRequest(str(error)) from error
        metrics.CALLBACKS.labels(self._note(report)).inc()
        return silence

    def _receive(self, connection: Connection, inbound: list[Inbound]) -> list[Received]:
        clock = self._runtime.clock
        return engine.receive(connection, inbound, clock.now(connection), clock.wall())

    def _take_note(self, connection: Connection, reports: list[Callback]) -> list[Noted]:
        return callbacks.take(connection, reports, self._runtime.clock.now(connection))

    def _signed_form(self, environ: WSGIEnvironment) -> Form:
        """The form of a request that Twilio signed; else the request ends here, and says why."""
        form = _form(environ)
        signature = environ.get("HTTP_X_TWILIO_SIGNATURE", "")
        if not self._signatures.valid(environ, form, signature):
            self._refuse(environ, missing=not signature)
        return form

    def _refuse(self, environ: WSGIEnvironment, *, missing: bool) -> NoReturn:
        kind, why = MISSING if missing else INVALID
        url = self._signatures.signed_url(environ).split("?")[0]
        metrics.REFUSED.labels(kind).inc()
        log.warning("webhook_refused", why=why, path=_logged(environ))
        words = (
            f"A request {why}. It was checked as {url.rsplit('/', 1)[0]}/…: the address at Twilio "
            "must be the same, letter for letter; if it is not, change it there or set PUBLIC_URL "
            "here."
        )
        problems.report(self._runtime, "webhook refused", kind, words)
        raise Forbidden(f"The request {why}.")

    def _keep(self, stray: Unplaceable, form: Form) -> WSGIApplication:
        metrics.INBOUND.labels("stray").inc()
        with self._runtime.database.writing() as connection:
            now = self._runtime.clock.now(connection)
            arrivals.keep_stray(connection, stray.sid, stray.reason, plain(form), now)
        return silence


def _form(environ: WSGIEnvironment) -> Form:
    if environ["REQUEST_METHOD"] != "POST":
        raise MethodNotAllowed(["POST"], "Twilio's addresses take POST; set it in the console.")
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise LengthRequired("Send the form with a Content-Length.")
    if int(length) > MOST_BYTES:
        raise RequestEntityTooLarge(f"A webhook has at most {MOST_BYTES} bytes.")
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != FORM:
        raise UnsupportedMediaType(f"A webhook is sent as {FORM}.")
    try:
        return read_form(environ["wsgi.input"].read(int(length)), MOST_FIELDS)
    except Senseless as error:
        raise BadRequest(str(error)) from error


def _logged(environ: WSGIEnvironment) -> str:
    """The path without what only Twilio and we may know."""
    path: str = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
    return path.rsplit("/", 1)[0]


def _in_words(refused: HTTPException, environ: WSGIEnvironment) -> Response:
    headers = dict(refused.get_headers(environ)) | {"Content-Type": "text/plain; charset=utf-8"}
    return Response(f"{refused.description}\n", refused.code, headers)
