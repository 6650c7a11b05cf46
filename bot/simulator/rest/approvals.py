"""Approval of templates by WhatsApp, and templates listed with their approvals.

https://www.twilio.com/docs/content/content-api-resources
"""

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, request

from bot.simulator.rest import gate
from bot.simulator.rest.content import as_json, template_called
from bot.simulator.rest.errors import Refused
from bot.simulator.rest.meta import meta_page
from bot.simulator.stand_in import StandIn, here
from bot.simulator.templates import APPROVED, RECEIVED, Approval, Template

approvals = Blueprint("approvals", __name__)
approvals.before_request(gate.check_credentials)
approvals.before_request(gate.strike)


@approvals.post("/v1/Content/<sid>/ApprovalRequests/whatsapp")
def submit(sid: str) -> tuple[dict[str, Any], int]:
    """Submit a template to WhatsApp; it is approved after the stand-in's pace for that."""
    template, given = template_called(sid), request.get_json()
    if not isinstance(given, dict) or not given.get("name") or not given.get("category"):
        raise Refused(20001, "name and category are required")
    approval = Approval(RECEIVED, str(given["name"]), str(given["category"]))
    stand_in = here()
    stand_in.templates.keep(replace(template, approval=approval))
    stand_in.timetable.after(stand_in.settings.pace.approved, partial(_approve, stand_in, sid))
    return _shown(template, approval), 201


@approvals.get("/v1/Content/<sid>/ApprovalRequests")
def fetch(sid: str) -> dict[str, Any]:
    """Show what WhatsApp says of a template."""
    template = template_called(sid)
    return {
        "account_sid": here().account.sid,
        "sid": template.sid,
        "url": f"https://content.twilio.com/v1/Content/{template.sid}/ApprovalRequests",
        "whatsapp": {"type": "whatsapp"} | _shown(template, template.approval),
    }


@approvals.get("/v1/ContentAndApprovals")
def page() -> dict[str, Any]:
    """List all templates with their approvals."""
    return meta_page("contents", [_with_approval(one) for one in here().templates.everything()])


@approvals.get("/v2/ContentAndApprovals")
def filtered() -> dict[str, Any]:
    """List templates with their approvals, those that the filters name."""
    found = [one for one in here().templates.everything() if _is_wanted(one)]
    return meta_page("contents", [_with_approval(one) for one in found])


def _is_wanted(template: Template) -> bool:
    channel, _, status = request.args.get("ChannelEligibility", "").partition(":")
    eligible = not status or (channel == "whatsapp" and template.approval.status == status)
    language = request.args.get("Language", template.language)
    name = request.args.get("ContentName", template.friendly_name)
    return eligible and (language, name) == (template.language, template.friendly_name)


def _with_approval(template: Template) -> dict[str, Any]:
    shown = {
        name: value for name, value in as_json(template).items() if name not in ("url", "links")
    }
    return shown | {"approval_requests": _shown(template, template.approval)}


def _approve(stand_in: StandIn, sid: str) -> None:
    template = stand_in.templates.find(sid)
    if template and template.approval.status == RECEIVED:
        approval = replace(template.approval, status=APPROVED)
        stand_in.templates.keep(replace(template, approval=approval))


def _shown(template: Template, approval: Approval) -> dict[str, Any]:
    return {
        "allow_category_change": True,
        "category": approval.category,
        "content_type": next(iter(template.types), ""),
        "name": approval.name,
        "rejection_reason": approval.reason,
        "status": approval.status,
    }
