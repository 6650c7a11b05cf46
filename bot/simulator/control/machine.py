"""The machine: health, settings, and starting afresh."""

from dataclasses import asdict
from dataclasses import fields as fields_of
from typing import Any

from flask import Blueprint

from bot.simulator.control.reading import fields, inner
from bot.simulator.stand_in import Pace, here

machine = Blueprint("machine", __name__)


@machine.get("/health")
def health() -> dict[str, Any]:
    """Say that it lives, and how much is still to come."""
    stand_in = here()
    return {
        "account_sid": stand_in.account.sid,
        "messages": len(stand_in.mailbox.everything()),
        "ok": True,
        "unfinished": stand_in.unfinished,
        "webhook": stand_in.settings.webhook,
    }


@machine.get("/settings")
def settings() -> dict[str, Any]:
    """Show the settings."""
    return asdict(here().settings)


@machine.put("/settings")
def set_settings() -> dict[str, Any]:
    """Change the inbound webhook, its fallback, strictness, or the pace (seconds per step)."""
    given = fields("webhook", "fallback", "sandbox", "strict_templates", "pace")
    kept = here().settings
    pace = _pace(given.values["pace"], kept.pace) if "pace" in given.values else kept.pace
    strict = given.flag("strict_templates", kept.strict_templates)
    if "webhook" in given.values:
        kept.webhook = given.text("webhook")
    if "fallback" in given.values:
        kept.fallback = given.text("fallback")
    kept.sandbox = given.flag("sandbox", kept.sandbox)
    kept.strict_templates = strict
    kept.pace = pace
    return asdict(kept)


@machine.post("/reset")
def reset() -> tuple[str, int]:
    """Forget everything but the account and the webhook; the body is `{}`."""
    fields()
    here().forget_everything()
    return "", 204


def _pace(values: Any, kept: Pace) -> Pace:
    names = [step.name for step in fields_of(Pace)]
    given = inner(values, *names)
    seconds = {name: given.number(name, getattr(kept, name)) or 0.0 for name in names}
    return Pace(**seconds)
