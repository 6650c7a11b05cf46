"""What Twilio calls: a message came; a message's fate is known. Never a TwiML reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from flask import Request, Response, abort, request
from sqlalchemy import Connection

from bot import metrics, problems
from bot.blueprints import ForPrograms
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

log = structlog.get_logger()


class _Silence(Response):
    """Says nothing: a text here would be sent to the contact, past the outbox.

    It is the same every time, so it is put together once, and nobody's to add to.
    """

    def __call__(self, _environ: dict[str, Any], start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/xml"), ("Content-Length", LENGTH)])
        return [WORDS]


WORDS = b"<Response/>"
LENGTH = str(len(WORDS))
SILENCE = _Silence(WORDS)


def webhooks(runtime: Runtime) -> ForPrograms:
    """The two addresses to give to Twilio."""
    blueprint = ForPrograms("twilio", __name__, url_prefix="/twilio")
    signatures = Signatures(runtime.settings)
    account_sid = runtime.settings.twilio_account_sid or ""

    def hear(connection: Connection, inbound: list[Inbound]) -> list[Received]:
        now, wall = runtime.clock.now(connection), runtime.clock.wall()
        return engine.receive(connection, inbound, now, wall)

    def note(connection: Connection, reports: list[Callback]) -> list[Noted]:
        return callbacks.take(connection, reports, runtime.clock.now(connection))

    heard: Together[Inbound, Received] = Together(runtime.database, hear)
    noted: Together[Callback, Noted] = Together(runtime.database, note)

    @blueprint.post("/inbound")
    def inbound() -> Response:
        form = _signed_form(request, signatures, runtime)
        try:
            message = read_inbound(form, account_sid)
        except Unplaceable as stray:
            return _keep(runtime, stray, form)
        except Senseless as error:
            abort(400, str(error))
        metrics.INBOUND.labels(heard(message)).inc()
        return SILENCE

    @blueprint.post("/status/<token>")
    def status(token: str) -> Response:
        form = _signed_form(request, signatures, runtime)
        try:
            report = read_callback(form, account_sid, token)
        except Senseless as error:
            abort(400, str(error))
        metrics.CALLBACKS.labels(noted(report)).inc()
        return SILENCE

    return blueprint


def _signed_form(asked: Request, signatures: Signatures, runtime: Runtime) -> Form:
    """The form of a request that Twilio signed; else the request ends here, and says why."""
    if asked.content_length is None:
        abort(411, "Send the form with a Content-Length.")
    if asked.content_length > MOST_BYTES:
        abort(413, f"A webhook has at most {MOST_BYTES} bytes.")
    if asked.mimetype != FORM:
        abort(415, f"A webhook is sent as {FORM}.")
    try:
        form = read_form(asked.get_data(), MOST_FIELDS)
    except Senseless as error:
        abort(400, str(error))
    signature = asked.headers.get("X-Twilio-Signature", "")
    if not signatures.valid(asked.environ, form, signature):
        _refuse(asked, signatures, runtime, missing=not signature)
    return form


def _refuse(asked: Request, signatures: Signatures, runtime: Runtime, *, missing: bool) -> None:
    why = "has no signature" if missing else "is not signed for this address with our Auth Token"
    url = signatures.signed_url(asked.environ).split("?")[0]
    metrics.REFUSED.labels("missing" if missing else "invalid").inc()
    log.warning("webhook_refused", why=why, path=asked.path.rsplit("/", 1)[0])
    words = (
        f"A request {why}. It was checked as {url.rsplit('/', 1)[0]}/…: the address at Twilio must "
        "be the same, letter for letter; if it is not, change it there or set PUBLIC_URL here."
    )
    problems.report(runtime, "webhook refused", "missing" if missing else "invalid", words)
    abort(403, f"The request {why}.")


def _keep(runtime: Runtime, stray: Unplaceable, form: Form) -> Response:
    metrics.INBOUND.labels("stray").inc()
    with runtime.database.writing() as connection:
        now = runtime.clock.now(connection)
        arrivals.keep_stray(connection, stray.sid, stray.reason, plain(form), now)
    return SILENCE


__all__: list[Any] = ["webhooks"]
