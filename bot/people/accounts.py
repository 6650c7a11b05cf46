"""Who may come in: people with a password, other systems with a token."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select

from bot.people import passwords
from bot.people.mistakes import Mistake
from bot.store.bulk import insert_all, insert_new, update_all
from bot.store.columns import made_at, new_id
from bot.store.models import Account, Organization, Token

ROLES = ("agent", "admin", "auditor")
"""Agents ask and write, admins set up besides, auditors only look."""

ONE_TIME = timedelta(hours=24)
"""How long somebody who was added may take to choose a password of their own."""

STALE = "This one-time password is older than a day. Ask an admin for a link to sign in with."

EMAIL = re.compile(r"[^@\s<>,;:\"\\()\[\]]+@[^@\s<>,;:\"\\()\[\]]+")


@dataclass(frozen=True)
class Caller:
    """Another system, and the organization that it speaks for."""

    organization_id: UUID
    name: str


@dataclass(frozen=True)
class Member:
    """Somebody who has signed in."""

    id: UUID
    organization_id: UUID
    email: str
    role: str
    must_change_password: bool
    organization: str
    time_zone: str


def add_user(
    connection: Connection, organization_id: UUID, email: str, role: str, now: datetime
) -> str:
    """Add somebody who may sign in, and give back their one-time password. Raises `Mistake`."""
    if role not in ROLES:
        raise Mistake(f"{role!r} is no role. Choose one of: {', '.join(ROLES)}.")
    password = passwords.one_time()
    row = {
        "id": new_id(),
        "organization_id": organization_id,
        "email": _read_email(email),
        "role": role,
        "password_hash": passwords.hashed(password),
        "must_change_password": True,
        "disabled_at": None,
        "created_at": now,
    }
    if not insert_new(connection, Account, [row], ["email"]):
        raise Mistake(f"There is a user {row['email']} already.")
    return password


def users(connection: Connection, organization_id: UUID | None = None) -> list[Row[Any]]:
    """The users of one organization or of all, each with its organization's name."""
    query = (
        select(
            Account.id, Organization.name.label("organization"), Account.email, Account.role,
            Account.must_change_password, Account.disabled_at, Account.created_at,
        )
        .join(Organization, Organization.id == Account.organization_id)
        .order_by(Organization.name, Account.email)
    )  # fmt: skip
    if organization_id:
        query = query.where(Account.organization_id == organization_id)
    return list(connection.execute(query))


def member_of(connection: Connection, email: str, password: str, wall: datetime) -> Member | None:
    """Who signs in with this e-mail address and password; None when nobody may.

    Takes as long for an address that nobody has, so that the time tells nothing. Raises `Mistake`
    for a one-time password that is too old.
    """
    wanted = _accounts().where(Account.email == email.strip().lower())
    row = connection.execute(wanted).first()
    if not passwords.fits(row.password_hash if row else passwords.nobodys(), password) or not row:
        return None
    if row.must_change_password and wall >= made_at(row.id) + ONE_TIME:
        raise Mistake(STALE)
    return _member(row)


def member(connection: Connection, account_id: UUID) -> Member | None:
    """Somebody by their id; None when there is nobody, or they are disabled."""
    row = connection.execute(_accounts().where(Account.id == account_id)).first()
    return _member(row) if row else None


def change_password(connection: Connection, account_id: UUID, password: str) -> None:
    """Give somebody the password they chose. Raises `Mistake` when it is too weak."""
    somebody = member(connection, account_id)
    names = (somebody.email, somebody.organization) if somebody else ()
    row = {
        "id": account_id,
        "password_hash": passwords.hashed(passwords.read_new(password, names)),
        "must_change_password": False,
    }
    update_all(connection, Account, [row], keys=("id",))


def add_token(connection: Connection, organization_id: UUID, name: str, now: datetime) -> str:
    """Make a token for another system and give back its secret, which is kept nowhere."""
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise Mistake("A token needs a name that says which system uses it.")
    token_id = new_id()
    secret = f"ast_{token_id.hex[-8:]}_{secrets.token_urlsafe(32)}"
    row = {
        "id": token_id,
        "organization_id": organization_id,
        "name": name,
        "digest": _digest(secret),
        "revoked_at": None,
        "created_at": now,
    }
    insert_all(connection, Token, [row])
    return secret


def caller_of(connection: Connection, secret: str) -> Caller | None:
    """Who calls with this secret; None when it is no token, or one that was revoked."""
    row = connection.execute(
        select(Token.organization_id, Token.name).where(
            Token.digest == _digest(secret), Token.revoked_at.is_(None)
        )
    ).first()
    return Caller(row.organization_id, row.name) if row else None


def revoke_token(connection: Connection, token_id: UUID, now: datetime) -> None:
    """Let a token open nothing from now on. Raises `Mistake` when there is none to revoke."""
    standing = select(Token.id).where(Token.id == token_id, Token.revoked_at.is_(None))
    if connection.scalar(standing) is None:
        raise Mistake(f"There is no token {token_id} in use. See: flask token list")
    update_all(connection, Token, [{"id": token_id, "revoked_at": now}], keys=("id",))


def tokens(connection: Connection, organization_id: UUID | None = None) -> list[Row[Any]]:
    """The tokens of one organization or of all, each with its organization's name."""
    query = (
        select(
            Token.id, Organization.name.label("organization"), Token.name, Token.revoked_at,
            Token.created_at,
        )
        .join(Organization, Organization.id == Token.organization_id)
        .order_by(Organization.name, Token.created_at, Token.id)
    )  # fmt: skip
    if organization_id:
        query = query.where(Token.organization_id == organization_id)
    return list(connection.execute(query))


def _accounts() -> Select[Any]:
    """Those who are not disabled, each with what there is to know about them."""
    return (
        select(*Account.__table__.columns, Organization.name.label("house"), Organization.time_zone)
        .join(Organization, Organization.id == Account.organization_id)
        .where(Account.disabled_at.is_(None))
    )


def _member(row: Row[Any]) -> Member:
    return Member(
        row.id, row.organization_id, row.email, row.role, row.must_change_password,
        row.house, row.time_zone,
    )  # fmt: skip


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _read_email(text: str) -> str:
    email = text.strip().lower()
    if not EMAIL.fullmatch(email) or not email.isprintable():
        raise Mistake(f"{text!r} is not an e-mail address.")
    return email
