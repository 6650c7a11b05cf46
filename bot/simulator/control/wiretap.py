"""The wire: every request in both directions, and sending one of them once more."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, current_app, request

from bot.simulator.control.reading import Nonsense, fields
from bot.simulator.curl import as_curl
from bot.simulator.stand_in import here
from bot.simulator.webhooks import Answer, Webhook, repeated, tampered
from bot.simulator.wire import INBOUND, Exchange

wiretap = Blueprint("wiretap", __name__)


@wiretap.get("/wire")
def wire() -> dict[str, Any]:
    """Show the exchanges after the number `after`, oldest first."""
    number = request.args.get("after", 0, type=int)
    return {"exchanges": here().wire.after(number), "last": here().wire.last}


@wiretap.get("/wire/<int:number>/curl")
def curl(number: int) -> dict[str, Any]:
    """Show an exchange as a command line; credentials stay names of variables."""
    return {"curl": as_curl(_found(number), request.host_url.rstrip("/"))}


@wiretap.post("/wire/<int:number>/resend")
def resend(number: int) -> dict[str, Any]:
    """Send a request once more: a webhook to the server, a call to the stand-in itself.

    `tamper` spoils it first: the name of a parameter, `signature` (of a call: its password), or
    `no signature` (its credentials).
    """
    what = fields("tamper").text("tamper")
    exchange = _found(number)
    if exchange.direction == INBOUND:
        return {"number": number, "answer": _call_again(exchange, what)}
    webhook = repeated(exchange.url, exchange.body, exchange.headers)
    answer = post_once(tampered(webhook, what) if what else webhook, exchange.sid or "")
    return {"number": number, "answer": answer.as_json()}


@wiretap.post("/replay/<sid>")
def replay(sid: str) -> dict[str, Any]:
    """Post the last webhook about a message once more.

    `tamper` spoils it first: the name of a parameter, `signature`, or `no signature`.
    """
    what = fields("tamper").text("tamper")
    webhook = here().last_webhook.get(sid)
    if webhook is None:
        raise Nonsense(f"no webhook was ever made about {sid}")
    answer = post_once(tampered(webhook, what) if what else webhook, sid)
    return {"sid": sid, "webhook": answer.as_json()}


def post_once(webhook: Webhook, sid: str) -> Answer:
    """Post a webhook without retries: who replays wants to see one answer."""
    once = replace(webhook, connection=replace(webhook.connection, retries=0))
    return here().post(once, sid)


def _found(number: int) -> Exchange:
    exchange = here().wire.numbered(number)
    if exchange is None:
        raise Nonsense(f"the wire log has no exchange {number}")
    return exchange


def _call_again(exchange: Exchange, what: str | None) -> dict[str, Any]:
    account = here().account
    password = account.auth_token[::-1] if what == "signature" else account.auth_token
    more = f"&{what}=x" if what and "signature" not in what else ""
    answer = current_app.test_client().open(
        exchange.url,
        method=exchange.method,
        data=(exchange.body + more).encode(),
        headers=exchange.headers,
        auth=None if what == "no signature" else (account.sid, password),
    )
    return {"status": answer.status_code, "body": answer.get_data(as_text=True)}
