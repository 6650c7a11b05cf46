"""Signing in by a link that works once."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from bot.console import entrance
from bot.console.desk import Desk
from bot.people import one_time_links

STALE = "This link was used already, or is older than a day. Ask for a new one."


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add these pages to the console."""

    @blueprint.get("/sign-in/link/<secret>")
    def link(secret: str) -> ResponseReturnValue:
        """Ask before a link is spent: what looks at links by itself must not use them up."""
        with desk.runtime.database.reading() as connection:
            member = one_time_links.whose(connection, secret, desk.runtime.clock.wall())
        if member is None:
            abort(404, STALE)
        return desk.bare("link.html", email=member.email, organization=member.organization)

    @blueprint.post("/sign-in/link/<secret>")
    def use_link(secret: str) -> ResponseReturnValue:
        """Spend a link."""
        with desk.runtime.database.writing() as connection:
            member = one_time_links.use(connection, secret, desk.runtime.clock.wall())
        return entrance.let_in(desk, member, None) if member else abort(404, STALE)
