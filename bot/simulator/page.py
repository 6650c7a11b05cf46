"""The page: a phone, the time, the wire, scenarios and faults, on one screen."""

from flask import Blueprint, Response, redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from bot.simulator.control.chaos import show as faults
from bot.simulator.customers import BEHAVIOURS, REACHABLE
from bot.simulator.record import PAGE
from bot.simulator.scenarios import SCENARIOS
from bot.simulator.stand_in import here

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)

page = Blueprint(
    "page", __name__, static_folder="screen/static", static_url_path=f"{PAGE}/static",
    template_folder="screen",
)  # fmt: skip


@page.get("/")
def home() -> BaseResponse:
    """Lead to the page."""
    return redirect(PAGE, 303)


@page.get(PAGE)
def desk() -> str:
    """Show the page; what moves on it is fetched by its scripts."""
    return render_template(
        "simulator.html",
        account_sid=here().account.sid,
        behaviours=sorted(BEHAVIOURS),
        faults=faults()["words"],
        reachable=list(REACHABLE),
        scenarios=SCENARIOS,
    )


@page.after_request
def protect(answer: Response) -> Response:
    """Let the page load nothing but its own files, and nobody frame it."""
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-cache"
    return answer
