"""Writing what comes in over the wire into the wire log."""

import time

from flask import Flask, Response, g, request

from bot.simulator.stand_in import here
from bot.simulator.wire import INBOUND, Exchange

CONTROL = "/control"
PAGE = "/simulator"

_OWN = (CONTROL, PAGE)
_KEPT_HEADERS = ("Content-Type", "User-Agent")


def record_requests(app: Flask) -> None:
    """Log every REST request an app serves; our own page and switches are not Twilio's."""
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started = time.perf_counter()
    # Read before the form is parsed, which would leave nothing of the raw body.
    g.raw_body = request.get_data(cache=True)


def _finish(answer: Response) -> Response:
    if request.path != "/" and not request.path.startswith(_OWN):
        here().wire.note(_exchange(answer))
    return answer


def _exchange(answer: Response) -> Exchange:
    stand_in = here()
    shown = answer.get_json(silent=True) if answer.is_json else None
    return Exchange(
        at=stand_in.clock.now(),
        direction=INBOUND,
        method=request.method,
        url=request.full_path.rstrip("?"),
        body=g.raw_body.decode(errors="replace"),
        status=answer.status_code,
        answer=answer.get_data(as_text=True),
        milliseconds=round((time.perf_counter() - g.started) * 1000, 1),
        verdict="refused" if answer.status_code == 401 else "admitted",
        sid=shown.get("sid") if isinstance(shown, dict) else None,
        headers={name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers},
    )
