"""Alerts: the webhooks that went wrong, as Twilio's debugger lists them.

https://www.twilio.com/docs/usage/monitor-alert
"""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, request

from bot.simulator.alerts import Alert
from bot.simulator.dates import iso
from bot.simulator.rest import gate
from bot.simulator.rest.errors import Refused, absent
from bot.simulator.rest.meta import meta_page
from bot.simulator.stand_in import here

monitor = Blueprint("monitor", __name__, url_prefix="/v1/Alerts")
monitor.before_request(gate.check_credentials)
monitor.before_request(gate.strike)


@monitor.get("")
def page() -> dict[str, Any]:
    """List the alerts, newest first, of one level or between two moments."""
    level = request.args.get("LogLevel", "error")
    first, last = _moment("StartDate"), _moment("EndDate")
    found = [
        _shown(alert)
        for alert in here().alerts.everything()
        if level == "error"
        and (first is None or alert.at >= first)
        and (last is None or alert.at <= last)
    ]
    return meta_page("alerts", found)


@monitor.get("/<sid>")
def fetch(sid: str) -> dict[str, Any]:
    """Show one alert, with the request and its answer."""
    alert = here().alerts.find(sid)
    if alert is None:
        raise absent()
    return _shown(alert) | {
        "request_headers": None,
        "request_variables": alert.webhook.body,
        "response_body": alert.answer.body,
        "response_headers": None,
    }


def _shown(alert: Alert) -> dict[str, Any]:
    return {
        "account_sid": here().account.sid,
        "alert_text": alert.text,
        "api_version": "2010-04-01",
        "date_created": iso(alert.at),
        "date_generated": iso(alert.at),
        "date_updated": iso(alert.at),
        "error_code": str(alert.code),
        "log_level": "error",
        "more_info": f"https://www.twilio.com/docs/errors/{alert.code}",
        "request_method": "POST",
        "request_url": alert.webhook.url,
        "resource_sid": alert.resource_sid,
        "service_sid": None,
        "sid": alert.sid,
        "url": f"https://monitor.twilio.com/v1/Alerts/{alert.sid}",
    }


def _moment(name: str) -> datetime | None:
    text = request.args.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(20001, f"Invalid {name}: {text}") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
