"""The stand-in as a Flask app, served alone in its own process.

    granian --interface wsgi --factory --workers 1 --blocking-threads 64 --port 4010 \\
        bot.simulator.app:from_environment

One worker, because everything it knows is in the memory of that process.
"""

import os
from collections.abc import Iterable

from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from bot.simulator import addresses
from bot.simulator.account import Account, account_from
from bot.simulator.addresses import Address
from bot.simulator.control.chaos import chaos
from bot.simulator.control.machine import machine
from bot.simulator.control.overview import overview
from bot.simulator.control.people import people
from bot.simulator.control.stories import stories
from bot.simulator.control.time import time
from bot.simulator.control.traffic import traffic
from bot.simulator.control.wiretap import wiretap
from bot.simulator.nearness import only_near
from bot.simulator.page import page
from bot.simulator.record import CONTROL, record_requests
from bot.simulator.rest.account import account as account_api
from bot.simulator.rest.approvals import approvals
from bot.simulator.rest.channels import channels
from bot.simulator.rest.content import content
from bot.simulator.rest.errors import Refused, http_refusal, refusal
from bot.simulator.rest.messages import messages
from bot.simulator.rest.monitor import monitor
from bot.simulator.rest.services import services
from bot.simulator.senders import Senders
from bot.simulator.server import Server, ServerTrouble
from bot.simulator.stand_in import EXTENSION, Settings, StandIn
from bot.simulator.travel import NothingDue

REST: tuple[Blueprint, ...] = (
    messages, content, approvals, channels, services, account_api, monitor,
)  # fmt: skip
CONTROLS: tuple[Blueprint, ...] = (
    machine, people, traffic, wiretap, chaos, time, stories, overview,
)  # fmt: skip


def create_stand_in(
    account: Account,
    webhook: str | None = None,
    server: Server | None = None,
    senders: Iterable[Address] = (),
) -> Flask:
    """Make a Twilio for one account; inbound messages are posted to the webhook URL.

    `server` is what scenarios are played with and whose clock moves along. `senders` are whom
    somebody writes to who was never written to.

    The app's StandIn is `app.extensions[EXTENSION]`; close it when the app is done with.
    """
    app = Flask(__name__)
    app.extensions[EXTENSION] = StandIn(
        account, Settings(webhook), server or Server(), senders=Senders(senders)
    )
    for blueprint in REST:
        app.register_blueprint(blueprint)
    for blueprint in CONTROLS:
        app.register_blueprint(blueprint, url_prefix=CONTROL)
    app.register_blueprint(page)
    app.register_error_handler(ServerTrouble, _server_trouble)
    app.register_error_handler(Refused, refusal)
    app.register_error_handler(HTTPException, _http_error)
    record_requests(app)
    only_near(app)
    return app


def from_environment() -> Flask:
    """Make the stand-in from environment variables; raise MissingSetting if they are missing.

    TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, optionally TWILIO_API_KEY, TWILIO_API_SECRET;
    SIMULATOR_WEBHOOK, the URL of inbound messages with its fragment if it has one;
    SIMULATOR_APP_URL and SIMULATOR_APP_TOKEN, the server for scenarios and clock;
    SIMULATOR_SENDERS, the business's addresses with commas.
    """
    given = os.environ
    server = Server(given.get("SIMULATOR_APP_URL") or None, given.get("SIMULATOR_APP_TOKEN"))
    told = map(addresses.sender, given.get("SIMULATOR_SENDERS", "").split(","))
    return create_stand_in(
        account_from(given), given.get("SIMULATOR_WEBHOOK") or None, server, filter(None, told)
    )


def _server_trouble(trouble: ServerTrouble) -> tuple[Response, int]:
    return jsonify(error=str(trouble)), 409 if isinstance(trouble, NothingDue) else 502


def _http_error(error: HTTPException) -> Response:
    if not request.path.startswith(CONTROL):
        return http_refusal(error)
    answer = jsonify(error=error.description)
    answer.status_code = error.code or 500
    return answer
