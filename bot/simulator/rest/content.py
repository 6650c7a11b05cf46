"""The Content API: templates and what they say.

https://www.twilio.com/docs/content/content-api-resources
"""

from datetime import datetime
from typing import Any

from flask import Blueprint, request

from bot.simulator.dates import iso
from bot.simulator.rest import gate
from bot.simulator.rest.errors import Refused, absent
from bot.simulator.rest.meta import meta_page
from bot.simulator.sids import new_sid
from bot.simulator.stand_in import here
from bot.simulator.templates import UNSUBMITTED, Template

CHANGEABLE = ("friendly_name", "language", "types", "variables")

content = Blueprint("content", __name__, url_prefix="/v1/Content")
content.before_request(gate.check_credentials)
content.before_request(gate.strike)


@content.post("")
def create() -> tuple[dict[str, Any], int]:
    """Create a template from JSON; language and types are required."""
    template = template_from(request.get_json(), new_sid("HX"), here().clock.now())
    here().templates.keep(template)
    return as_json(template), 201


@content.get("")
def page() -> dict[str, Any]:
    """List the templates."""
    return meta_page("contents", [as_json(one) for one in here().templates.everything()])


@content.get("/<sid>")
def fetch(sid: str) -> dict[str, Any]:
    """Show one template."""
    return as_json(template_called(sid))


@content.put("/<sid>")
def update(sid: str) -> dict[str, Any]:
    """Change a template, which is possible until it has been submitted for approval."""
    template = template_called(sid)
    if template.approval.status != UNSUBMITTED:
        raise Refused(20001, "Content cannot be updated once it was submitted for approval")
    kept = {name: value for name, value in as_json(template).items() if name in CHANGEABLE}
    changed = template_from(kept | request.get_json(), sid, template.created)
    here().templates.keep(changed)
    return as_json(changed)


@content.delete("/<sid>")
def delete(sid: str) -> tuple[str, int]:
    """Delete a template."""
    here().templates.delete(template_called(sid).sid)
    return "", 204


def template_from(given: Any, sid: str, now: datetime) -> Template:
    """Read a template from the JSON of a create request; raise Refused (20001) if malformed."""
    if not isinstance(given, dict) or not isinstance(given.get("types"), dict):
        raise Refused(20001, "types is required")
    if not given["types"] or not all(isinstance(kind, dict) for kind in given["types"].values()):
        raise Refused(20001, "types must name at least one content type")
    if not given.get("language"):
        raise Refused(20001, "language is required")
    variables = given.get("variables") or {}
    if not isinstance(variables, dict):
        raise Refused(20001, "variables must be an object")
    return Template(
        sid=sid,
        friendly_name=given.get("friendly_name"),
        language=str(given["language"]),
        types=given["types"],
        created=now,
        variables={str(name): str(value) for name, value in variables.items()},
    )


def as_json(template: Template) -> dict[str, Any]:
    """Show a template as the Content API does."""
    url = f"https://content.twilio.com/v1/Content/{template.sid}"
    created = iso(template.created)
    return {
        "account_sid": here().account.sid,
        "date_created": created,
        "date_updated": created,
        "friendly_name": template.friendly_name,
        "language": template.language,
        "links": {
            "approval_create": f"{url}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{url}/ApprovalRequests",
        },
        "sid": template.sid,
        "types": template.types,
        "url": url,
        "variables": template.variables,
    }


def template_called(sid: str) -> Template:
    """Return a template; raise Refused (20404) if there is none with that sid."""
    template = here().templates.find(sid)
    if template is None:
        raise absent()
    return template
