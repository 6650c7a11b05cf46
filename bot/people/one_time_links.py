"""Links that sign somebody in once: for the first time, and when a password was forgotten."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, select, update

from bot.people import accounts
from bot.people.accounts import Member
from bot.people.mistakes import Mistake
from bot.people.sessions import digest
from bot.store.bulk import insert_all, update_all
from bot.store.models import Account, OneTimeLink

LASTS = timedelta(hours=24)


def make(connection: Connection, account_id: UUID, wall: datetime) -> str:
    """Make a link's secret for somebody; those made before open nothing any more.

    Raises `Mistake` when they are disabled.
    """
    member = accounts.member(connection, account_id)
    if member is None:
        raise Mistake("They are disabled. Enable them first.")
    secret = secrets.token_urlsafe(32)
    connection.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account_id))
    row = {
        "digest": digest(secret),
        "organization_id": member.organization_id,
        "account_id": account_id,
        "used_at": None,
        "expires_at": wall + LASTS,
        "created_at": wall,
    }
    insert_all(connection, OneTimeLink, [row])
    return secret


def make_for(connection: Connection, email: str, wall: datetime) -> str:
    """Make a link's secret for an e-mail address. Raises `Mistake` when nobody has it."""
    query = select(Account.id).where(Account.email == email.strip().lower())
    account_id = connection.scalar(query)
    if account_id is None:
        raise Mistake(f"There is no user {email}. See: flask user list")
    return make(connection, account_id, wall)


def whose(connection: Connection, secret: str, wall: datetime) -> Member | None:
    """Whom a link would sign in; None when it was used, or is too old."""
    query = select(OneTimeLink.account_id).where(*_good(secret, wall))
    account_id = connection.scalar(query)
    return accounts.member(connection, account_id) if account_id else None


def use(connection: Connection, secret: str, wall: datetime) -> Member | None:
    """Spend a link, once; who it signs in then chooses a password, as nobody else knows one."""
    spent = update(OneTimeLink).where(*_good(secret, wall)).values(used_at=wall)
    account_id = connection.scalar(spent.returning(OneTimeLink.account_id))
    if account_id is None:
        return None
    row = {"id": account_id, "must_change_password": True}
    update_all(connection, Account, [row], keys=("id",))
    return accounts.member(connection, account_id)


def _good(secret: str, wall: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeLink.digest == digest(secret),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > wall,
    )
