"""The first to sign in to a simulation: nobody has a password yet, so a link lets them in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from bot.cli import demo_house
from bot.people import accounts, one_time_links, organizations
from bot.store.models import Account

EMAIL = "admin@demo.example"


def invite(connection: Connection, now: datetime, wall: datetime) -> str | None:
    """The secret of a link for the demo's admin; None once anybody has chosen a password."""
    if connection.scalar(select(Account.id).where(~Account.must_change_password).limit(1)):
        return None
    if connection.scalar(select(Account.id).limit(1)) is None:
        house = [one.id for one in organizations.everyone(connection) if _is_demo(one.name)]
        if not house:
            return None
        accounts.add_user(connection, house[0], EMAIL, "admin", now)
    invited = connection.scalar(select(Account.id).where(Account.email == EMAIL))
    return one_time_links.make(connection, invited, wall) if invited else None


def _is_demo(name: str) -> bool:
    return name == demo_house.NAME
