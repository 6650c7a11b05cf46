"""What contacts and agents read: looked through, changed after proofreading, ours put back."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from bot.console.desk import ADMINS, OVERSEERS, Desk, Visit
from bot.console.forms import Faults, Wrong
from bot.console.sms import parts
from bot.console.words import text_word
from bot.conversations import house_texts, rewording
from bot.conversations.proofreading import faults as faults_of
from bot.conversations.proofreading import is_template
from bot.conversations.rewording import Standing, Unfit
from bot.conversations.wording import OwnWording, fill
from bot.people import organizations
from bot.people.languages import read_language
from bot.people.mistakes import Mistake

REASON = "The number is not in service."
"""Stands for any reason in a preview."""

LONGEST = 2000
"""What the form takes; more than may be sent, so that the fault can be named."""


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/settings/wording")
    def wording() -> ResponseReturnValue:
        """List the texts in a language."""
        return desk.read(partial(_list, desk), OVERSEERS)

    @blueprint.get("/settings/wording/<language>/<name>")
    def wording_edit(language: str, name: str) -> ResponseReturnValue:
        """Show one, how it reads, and its versions."""
        return desk.read(lambda visit: _show(desk, visit, language, name), OVERSEERS)

    @blueprint.post("/settings/wording/<language>/<name>")
    def change_wording(language: str, name: str) -> ResponseReturnValue:
        """Change it; or only show how it would read."""
        if request.form.get("do") == "preview":
            return desk.read(lambda visit: _show(desk, visit, language, name), ADMINS)
        return desk.attempt(
            lambda visit: _change(desk, visit, language, name),
            lambda visit, errors: _show(desk, visit, language, name, errors),
            ADMINS,
        )

    @blueprint.post("/settings/wording/<language>/<name>/ours")
    def reset_wording(language: str, name: str) -> ResponseReturnValue:
        """Put ours back."""
        return desk.attempt(
            lambda visit: _reset(desk, visit, language, name),
            lambda visit, errors: _show(desk, visit, language, name, errors),
            ADMINS,
        )


def _list(desk: Desk, visit: Visit) -> str:
    house, own = _house(visit)
    asked, faults = request.args.get("language") or house.language, Faults()
    language = house.language
    with faults.of("language"):
        language = read_language(asked)
    return desk.page(
        "wording.html",
        asked=asked if faults else language,
        error=faults.get("language"),
        language=language,
        languages=rewording.spoken(own),
        business=house.name,
        texts=rewording.standing(own, language),
        text_word=text_word,
        filled=partial(fill, business=house.name, reason=REASON),
    )


def _show(
    desk: Desk, visit: Visit, language: str, name: str, errors: dict[str, str] | None = None
) -> str:
    house, own = _house(visit)
    tag, found = _text(own, language, name)
    typed = request.form.get("text")
    text = found.wording.text if typed is None else typed
    return desk.page(
        "wording_text.html",
        language=tag, name=name, one=found, text=text, errors=errors or {},
        faults=faults_of(name, tag, text, house.name) if typed is not None else [],
        filled=fill(text, business=house.name, reason=REASON),
        sms=parts(fill(text, business=house.name)) if found.reader == "contact" else "",
        is_typed=typed is not None,
        is_own=(tag, name) in own.texts,
        is_template=is_template(name),
        versions=house_texts.history(visit.connection, house.id, tag, name),
        text_word=text_word,
        longest=LONGEST,
    )  # fmt: skip


def _change(desk: Desk, visit: Visit, language: str, name: str) -> ResponseReturnValue:
    owner, text = visit.member.organization_id, request.form.get("text", "")
    try:
        changed = rewording.reword(
            visit.connection, owner, language, name, text, visit.member.email, visit.now
        )
    except Unfit as unfit:
        # The page names each fault itself.
        raise Wrong({"text": str(unfit)}) from None
    visit.say("Saved. It is read from now on." if changed else "It says so already.")
    return desk.to("wording_edit", language=language, name=name)


def _reset(desk: Desk, visit: Visit, language: str, name: str) -> ResponseReturnValue:
    owner = visit.member.organization_id
    rewording.restore(visit.connection, owner, language, name, visit.member.email, visit.now)
    visit.say("The default text is read again from now on.")
    return desk.to("wording_edit", language=language, name=name)


def _house(visit: Visit) -> tuple[Row[Any], OwnWording]:
    house = organizations.find(visit.connection, str(visit.member.organization_id))
    return house, house_texts.newest(visit.connection, house.id)


def _text(own: OwnWording, language: str, name: str) -> tuple[str, Standing]:
    try:
        tag = read_language(language)
        return tag, rewording.named(own, tag, name)
    except Mistake:
        abort(404)
