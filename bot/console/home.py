"""The address people type."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from bot.console import frame
from bot.console.desk import Desk, Visit


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add `/`."""

    @blueprint.get("/")
    def home() -> ResponseReturnValue:
        """Lead to the first page that is open to whoever comes."""
        return desk.read(_first)


def _first(visit: Visit) -> ResponseReturnValue:
    doors = frame.open_to(visit.member.role)
    return redirect(url_for(doors[0].endpoint), 303) if doors else abort(404)
