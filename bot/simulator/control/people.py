"""The people and what is on either side of them: customers, senders, templates."""

from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, request

from bot.simulator import addresses
from bot.simulator.control.reading import Fields, Nonsense, fields
from bot.simulator.customers import BEHAVIOURS, BY_HAND, REACHABLE, Customer
from bot.simulator.delivery import resume
from bot.simulator.rest.content import as_json, template_from
from bot.simulator.sids import is_sid
from bot.simulator.stand_in import StandIn, here
from bot.simulator.templates import APPROVALS, APPROVED, Approval

people = Blueprint("people", __name__)

_FIELDS = (
    "behaviour",
    "reachable",
    "error_code",
    "language",
    "read_receipts",
    "profile_name",
    "user_id",
)


@people.get("/customers")
def everybody() -> dict[str, Any]:
    """List everybody the stand-in has met."""
    return {"customers": [asdict(person) for person in here().customers.everybody()]}


@people.post("/customers")
def add() -> tuple[dict[str, Any], int]:
    """Add a customer by `phone`, or by `user_id` alone: a WhatsApp user without a number."""
    given = fields("phone", *_FIELDS)
    return asdict(_change(given.text("phone") or given.needed("user_id"), given)), 201


@people.put("/customers/<name>")
def change(name: str) -> dict[str, Any]:
    """Change a customer named by phone number or user id; what is not given stays."""
    return asdict(_change(name, fields(*_FIELDS)))


@people.get("/senders")
def senders() -> dict[str, Any]:
    """List the account's senders; none means that any address may send."""
    known = here().senders.registered()
    return {"senders": [{"address": str(one.address), "service": one.service} for one in known]}


@people.post("/senders")
def add_sender() -> tuple[dict[str, Any], int]:
    """Register a sender, optionally in the pool of a Messaging Service; others are refused then."""
    given = fields("address", "service", "advanced_opt_out")
    address = addresses.sender(given.needed("address"))
    service = given.text("service")
    if address is None or (service and not is_sid(service, "MG")):
        raise Nonsense("address or service is malformed")
    here().senders.register(address, service)
    if service:
        kept = here().services.named(service)
        kept.advanced_opt_out = given.flag("advanced_opt_out", kept.advanced_opt_out)
    return senders(), 201


@people.put("/templates/<sid>")
def put_template(sid: str) -> dict[str, Any]:
    """Create an approved template under a chosen HX… sid, from the JSON of the Content API."""
    if not is_sid(sid, "HX"):
        raise Nonsense("a template's sid is HX and 32 hexadecimal digits")
    template = template_from(request.get_json(), sid, here().clock.now())
    approval = Approval(APPROVED, "a_template", "UTILITY")
    here().templates.keep(replace(template, approval=approval))
    return as_json(template)


@people.put("/templates/<sid>/approval")
def approve(sid: str) -> dict[str, Any]:
    """Let WhatsApp decide on a template: approved, rejected, paused, … with a `reason`."""
    given = fields("status", "reason")
    template = here().templates.find(sid)
    if template is None:
        raise Nonsense(f"no template is called {sid}")
    status = given.one_of("status", APPROVALS, template.approval.status)
    approval = replace(template.approval, status=status, reason=given.text("reason") or "")
    here().templates.keep(replace(template, approval=approval))
    return as_json(template) | {"approval": asdict(approval)}


def _change(name: str, given: Fields) -> Customer:
    if not (addresses.is_phone(name) or addresses.is_user_id(name)):
        raise Nonsense("a customer is named by a phone number like +12025550123 or a user id")
    stand_in = here()
    before = stand_in.customers.named(name)
    after = stand_in.customers.change(_changed(before, given))
    _wake(stand_in, before, after)
    if "behaviour" in given.values:
        stand_in.correspondence.forget_answer(after.key)
    return after


def _changed(customer: Customer, given: Fields) -> Customer:
    behaviour = given.text("behaviour", customer.behaviour) or BY_HAND
    reachable = given.one_of("reachable", REACHABLE, customer.reachable)
    # "not on WhatsApp" is said of a person as a behaviour too, and means the same.
    if behaviour in REACHABLE:
        behaviour, reachable = BY_HAND, behaviour
    elif behaviour not in BEHAVIOURS:
        raise Nonsense(f"behaviour must be one of: {', '.join(sorted(BEHAVIOURS))}")
    changes: dict[str, Any] = {
        "behaviour": behaviour,
        "reachable": reachable,
        "error_code": given.whole("error_code", customer.error_code) or None,
        "language": given.text("language", customer.language),
        "read_receipts": given.flag("read_receipts", customer.read_receipts),
        "profile_name": given.text("profile_name", customer.profile_name),
        "user_id": _user_id(given, customer),
    }
    return replace(customer, **changes)


def _user_id(given: Fields, customer: Customer) -> str:
    user_id = given.text("user_id", customer.user_id) or customer.user_id
    if not addresses.is_user_id(user_id):
        raise Nonsense("a user id looks like US.1234567890")
    return user_id


def _wake(stand_in: StandIn, before: Customer, after: Customer) -> None:
    if before.reachable != after.reachable and before.reachable == "phone off":
        resume(stand_in, after)
