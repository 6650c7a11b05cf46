"""What a message may say: its text, or a template with variables."""

import json
import re
from typing import Final

from werkzeug.datastructures import MultiDict

from bot.simulator.addresses import Address
from bot.simulator.message import Shown
from bot.simulator.rest.errors import Refused
from bot.simulator.sids import is_sid
from bot.simulator.stand_in import StandIn

LONGEST: Final = 1600
MOST_FILES: Final = 10
_ADDRESS = re.compile(r"https?://[^\s/]+/\S*")
_FORBIDDEN_IN_VARIABLES = re.compile(r"[\n\r\t]| {5,}")


def body(form: MultiDict[str, str]) -> str:
    """Return the text; raise Refused if there is nothing to send or too much of it."""
    text = form.get("Body", "")
    if len(text) > LONGEST:
        raise Refused(21617)
    if text or form.get("ContentSid") or form.getlist("MediaUrl"):
        return text
    raise Refused(21602 if "Body" in form else 21619)


def media_urls(form: MultiDict[str, str]) -> tuple[str, ...]:
    """Return where the files lie; raise Refused for what is no address, or for too many.

    They are not fetched: a stand-in reaches out to nobody.

    https://www.twilio.com/docs/errors/21620
    """
    urls = tuple(form.getlist("MediaUrl"))
    if len(urls) > MOST_FILES:
        raise Refused(21623)
    if not all(_ADDRESS.fullmatch(url) for url in urls):
        raise Refused(21620)
    return urls


def variables(form: MultiDict[str, str]) -> dict[str, str]:
    """Read ContentVariables, a JSON object of strings; raise Refused as Twilio does.

    https://www.twilio.com/docs/errors/21656
    """
    text = form.get("ContentVariables")
    if not text:
        return {}
    if not form.get("ContentSid"):
        raise Refused(21654)
    values = _object(text)
    for value in values.values():
        _check_variable(value)
    return values


def shown_text(
    stand_in: StandIn, recipient: Address, content_sid: str, values: dict[str, str]
) -> Shown:
    """Render a template; raise Refused for a malformed sid, in strict mode for an unknown one."""
    if not is_sid(content_sid, "HX"):
        raise Refused(21655)
    if stand_in.settings.strict_templates and not stand_in.templates.find(content_sid):
        raise Refused(21655)
    return stand_in.templates.shown(content_sid, recipient, values)


def _object(text: str) -> dict[str, str]:
    try:
        values = json.loads(text)
    except ValueError:
        raise Refused(21656) from None
    if not isinstance(values, dict):
        raise Refused(21656)
    return values


def _check_variable(value: object) -> None:
    if not isinstance(value, str) or not value or _FORBIDDEN_IN_VARIABLES.search(value):
        raise Refused(21656)
    if len(value) > LONGEST:
        raise Refused(21658)
