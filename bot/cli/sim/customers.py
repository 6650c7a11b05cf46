"""`flask sim send`, `tap`, `replay`, `numbers`: what customers do, and who they are."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext

from bot.cli.printing import as_text, json_option, show_all
from bot.cli.sim.reach import reach


@click.command()
@click.argument("phone")
@click.argument("text")
@click.option("--sms", is_flag=True, help="By SMS instead of WhatsApp.")
@click.option("--to", help="The business's address; usually whoever wrote to PHONE last.")
@json_option
@with_appcontext
def send(phone: str, text: str, sms: bool, to: str | None, as_json: bool) -> None:
    """Let the customer PHONE write TEXT."""
    said = {"from": phone if sms else f"whatsapp:{phone}", "text": text}
    _tell(reach().post("/inbound", **said, **({"to": to} if to else {})), as_json)


@click.command()
@click.argument("phone")
@click.argument("button")
@json_option
@with_appcontext
def tap(phone: str, button: str, as_json: bool) -> None:
    """Let the customer PHONE tap BUTTON: its text or payload; yes is the first, no the last."""
    _tell(reach().post("/tap", **{"from": phone}, button=button), as_json)


@click.command()
@click.argument("sid")
@click.option("--tamper", help="Spoil it: a parameter's name, signature, or “no signature”.")
@json_option
@with_appcontext
def replay(sid: str, tamper: str | None, as_json: bool) -> None:
    """Post the last webhook about the message SID once more."""
    _tell(reach().post(f"/replay/{sid}", tamper=tamper), as_json)


@click.command()
@json_option
@with_appcontext
def numbers(as_json: bool) -> None:
    """List the numbers with a meaning: who behaves how, and which provoke which error code."""
    found = reach().get("/numbers")
    rows = [{"phone": one["phone"], "does": one["does"]} for one in found["people"]]
    for one in found["codes"]:
        rows.append({"phone": one["phone"], "does": f"{one['code']} {one['words']}"})
    show_all(rows, ("phone", "does"), as_json=as_json)


def _tell(done: dict[str, Any], as_json: bool) -> None:
    """Say what the server answered to the webhook."""
    if as_json:
        click.echo(as_text(done))
        return
    webhook = done["webhook"]
    if webhook is None:
        click.echo(f"{done['sid']}: kept; no webhook was posted.")
        return
    status = webhook["status"] or webhook["error"]
    click.echo(f"{done['sid']}: the server answered {status} in {webhook['milliseconds']:.0f} ms.")
    if webhook["status"] is None or webhook["status"] >= 400:
        raise SystemExit(1)
