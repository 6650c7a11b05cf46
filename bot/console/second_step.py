"""Turning the second step of signing in on and off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import segno
from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from bot.console import entrance
from bot.console.desk import EVERYBODY, Desk, Visit
from bot.console.forms import Wrong
from bot.people import one_time_codes

WRONG_CODE = "This is not the code that the phone shows now. Is its clock right?"


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/account/second-step")
    def second_step() -> ResponseReturnValue:
        """Show what the phone is to scan, or how to begin."""
        return desk.read(lambda visit: _show(desk, visit, {}))

    @blueprint.post("/account/second-step")
    def begin_second_step() -> ResponseReturnValue:
        """Begin, for somebody who shows their password."""
        return _with_password(desk, _begin)

    @blueprint.post("/account/second-step/confirm")
    def confirm_second_step() -> ResponseReturnValue:
        """Turn it on with a first code."""
        return desk.attempt(partial(_confirm, desk), partial(_show, desk), EVERYBODY)

    @blueprint.post("/account/second-step/off")
    def end_second_step() -> ResponseReturnValue:
        """Turn it off, for somebody who shows their password."""
        return _with_password(desk, _forget)


def _with_password(
    desk: Desk, work: Callable[[Desk, Visit], ResponseReturnValue]
) -> ResponseReturnValue:
    if errors := entrance.doubt(desk, request.form.get("current", "")):
        return desk.read(lambda visit: (_show(desk, visit, errors), 422))
    return desk.write(partial(work, desk), EVERYBODY)


def _show(desk: Desk, visit: Visit, errors: dict[str, str]) -> str:
    address = one_time_codes.address(visit.connection, visit.member, desk.key)
    return desk.page(
        "second_step.html",
        errors=errors,
        on=one_time_codes.is_on(visit.connection, visit.member.id),
        address=address,
        picture=_picture(address) if address else None,
    )


def _picture(address: str) -> Markup:
    """The address as a QR code: drawn here, as no other server may be asked."""
    drawing = segno.make(address, error="m").svg_inline(border=0, dark="#000", omitsize=True)
    return Markup(drawing)  # noqa: S704 - made of squares alone


def _begin(desk: Desk, visit: Visit) -> ResponseReturnValue:
    one_time_codes.prepare(visit.connection, visit.member, visit.wall)
    return desk.to("second_step")


def _confirm(desk: Desk, visit: Visit) -> ResponseReturnValue:
    code = request.form.get("code", "")
    spare = one_time_codes.confirm(visit.connection, visit.member.id, desk.key, code, visit.wall)
    if spare is None:
        raise Wrong({"code": WRONG_CODE})
    return desk.page("recovery_codes.html", codes=spare)


def _forget(desk: Desk, visit: Visit) -> ResponseReturnValue:
    one_time_codes.forget(visit.connection, visit.member.id)
    visit.say("The second step is off.")
    return desk.to("account")
