"""Sessions of those who signed in: kept here, so that they end when somebody says so.

The browser holds a random token, the database its SHA-256. A session ends after `IDLE` without a
request, after `LONGEST` at the latest, and at once when its owner is disabled. OWASP ASVS 5.0, 7.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, select

from bot.people.accounts import Member
from bot.store.among import among
from bot.store.bulk import insert_all, update_all
from bot.store.columns import new_id
from bot.store.models import Account, Organization, Session

IDLE = timedelta(hours=8)
LONGEST = timedelta(hours=24)
AWAITED = timedelta(minutes=10)
"""How long somebody whose password fitted may look for their phone."""

MOMENT = timedelta(minutes=1)
"""`seen_at` is no finer than this: not every request needs to write."""

LONGEST_AGENT = 300

Say = dict[str, str]
"""Something to say on the next page: `{"kind", "words"}`."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in: what the browser calls itself, and a keyed digest of its address."""

    user_agent: str
    ip_digest: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A session that is in force, and whose it is."""

    id: UUID
    member: Member
    awaits: str | None
    messages: Sequence[Say]
    seen_at: datetime


def begin(
    connection: Connection, member: Member, browser: Browser, wall: datetime,
    awaits: str | None = None,
) -> str:  # fmt: skip
    """Begin a session and give back the token for its cookie, which is kept nowhere."""
    connection.execute(delete(Session).where(Session.expires_at <= wall))
    token = secrets.token_urlsafe(32)
    row = {
        "id": new_id(),
        "organization_id": member.organization_id,
        "account_id": member.id,
        "digest": digest(token),
        "awaits": awaits,
        "user_agent": browser.user_agent[:LONGEST_AGENT],
        "ip_digest": browser.ip_digest,
        "created_at": wall,
        "seen_at": wall,
        "expires_at": wall + (AWAITED if awaits else LONGEST),
    }
    insert_all(connection, Session, [row])
    return token


def find(connection: Connection, token: str, wall: datetime) -> Signed | None:
    """The session behind a cookie; None when there is none in force."""
    query = (
        select(
            Session.id, Session.awaits, Session.messages, Session.seen_at,
            Account.id.label("account_id"), Account.organization_id, Account.email, Account.role,
            Account.must_change_password, Organization.name, Organization.time_zone,
        )
        .join(Account, Account.id == Session.account_id)
        .join(Organization, Organization.id == Account.organization_id)
        .where(Session.digest == digest(token), Account.disabled_at.is_(None))
        .where(Session.expires_at > wall, Session.seen_at > wall - IDLE)
    )  # fmt: skip
    row = connection.execute(query).first()
    if row is None:
        return None
    member = Member(
        row.account_id, row.organization_id, row.email, row.role, row.must_change_password,
        row.name, row.time_zone,
    )  # fmt: skip
    return Signed(row.id, member, row.awaits, row.messages, row.seen_at)


def touch(connection: Connection, session_id: UUID, wall: datetime) -> None:
    """Note that somebody is still there."""
    update_all(connection, Session, [{"id": session_id, "seen_at": wall}], keys=("id",))


def say(connection: Connection, session_id: UUID, messages: Sequence[Say]) -> None:
    """Keep what the next page says, in place of what was kept."""
    update_all(connection, Session, [{"id": session_id, "messages": list(messages)}], keys=("id",))


def end(connection: Connection, account_id: UUID, session_id: UUID) -> bool:
    """End one session of somebody; whether there was such a one."""
    mine = Session.id == session_id, Session.account_id == account_id
    return bool(connection.execute(delete(Session).where(*mine)).rowcount)


def end_all(connection: Connection, account_id: UUID, but: UUID | None = None) -> int:
    """End every session of somebody, `but` for one; gives back how many there were."""
    theirs = [Session.account_id == account_id]
    if but:
        theirs.append(Session.id != but)
    return connection.execute(delete(Session).where(*theirs)).rowcount


def in_force(connection: Connection, digests: Collection[str], wall: datetime) -> dict[str, UUID]:
    """Those of these sessions that open pages, by the digest of their token: the organization."""
    query = (
        select(Session.digest, Account.organization_id)
        .join(Account, Account.id == Session.account_id)
        .where(among(connection, Session.digest, list(digests)), Session.awaits.is_(None))
        .where(Account.disabled_at.is_(None), Account.must_change_password.is_(False))
        .where(Session.expires_at > wall, Session.seen_at > wall - IDLE)
    )
    return {row.digest: row.organization_id for row in connection.execute(query)}


def of_account(connection: Connection, account_id: UUID, wall: datetime) -> list[Row[Any]]:
    """The sessions of somebody that are in force, the one last seen first."""
    query = (
        select(Session.id, Session.user_agent, Session.created_at, Session.seen_at)
        .where(Session.account_id == account_id, Session.awaits.is_(None))
        .where(Session.expires_at > wall, Session.seen_at > wall - IDLE)
        .order_by(Session.seen_at.desc(), Session.id)
    )
    return list(connection.execute(query))


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
