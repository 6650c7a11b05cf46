"""Those of an organization who sign in: their roles, and whether they may come in at all.

Nobody changes their own role or shuts themselves out, so an admin always remains.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, select

from bot.people import one_time_codes, sessions
from bot.people.accounts import ROLES, Member
from bot.people.mistakes import Mistake
from bot.people.sessions import IDLE
from bot.store.bulk import update_all
from bot.store.models import Account, OneTimeLink, Session

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the organization, as its admins see them."""

    id: UUID
    email: str
    role: str
    must_change_password: bool
    disabled_at: datetime | None
    created_at: datetime
    sessions: int
    seen_at: datetime | None
    second_step: bool
    link_until: datetime | None

    @property
    def is_new(self) -> bool:
        """Whether they have not chosen a password yet."""
        return self.must_change_password and not self.disabled_at


def colleagues(connection: Connection, organization_id: UUID, wall: datetime) -> list[Colleague]:
    """Everybody who signs in to an organization, by e-mail address."""
    query: Rows = select(*_COLUMNS).where(Account.organization_id == organization_id)
    rows = connection.execute(query.order_by(Account.email)).all()
    ids = [row.id for row in rows]
    present, links = _sessions(connection, ids, wall), _links(connection, ids, wall)
    careful = one_time_codes.those_on(connection, ids)
    return [
        _colleague(row, present.get(row.id, (0, None)), row.id in careful, links.get(row.id))
        for row in rows
    ]


def find(
    connection: Connection, organization_id: UUID, account_id: UUID, wall: datetime
) -> Colleague | None:
    """One of them; None when there is nobody of that id in the organization."""
    everyone = colleagues(connection, organization_id, wall)
    return next((one for one in everyone if one.id == account_id), None)


def change_role(connection: Connection, by: Member, account_id: UUID, role: str) -> None:
    """Give somebody another role. Raises `Mistake`."""
    demand_another(by, account_id, "change your own role")
    _demand_admin(connection, by)
    if role not in ROLES:
        raise Mistake(f"{role!r} is no role. Choose one of: {', '.join(ROLES)}.")
    update_all(connection, Account, [{"id": account_id, "role": role}], keys=("id",))


def disable(connection: Connection, by: Member, account_id: UUID, wall: datetime) -> None:
    """Shut somebody out at once, wherever they are signed in. Raises `Mistake`."""
    demand_another(by, account_id, "disable yourself")
    _demand_admin(connection, by)
    update_all(connection, Account, [{"id": account_id, "disabled_at": wall}], keys=("id",))
    sessions.end_all(connection, account_id)


def enable(connection: Connection, account_id: UUID) -> None:
    """Let somebody in again who was disabled."""
    update_all(connection, Account, [{"id": account_id, "disabled_at": None}], keys=("id",))


def demand_another(by: Member, account_id: UUID, what: str) -> None:
    """Let admins do to others what their own account asks a password for. Raises `Mistake`."""
    if by.id == account_id:
        raise Mistake(f"You cannot {what}. Another admin can.")


def _demand_admin(connection: Connection, by: Member) -> None:
    """Of two admins who take each other's role at once, the second finds that they have none."""
    admins = select(Account.id).where(
        Account.organization_id == by.organization_id, Account.role == "admin",
        Account.disabled_at.is_(None),
    )  # fmt: skip
    locked = connection.scalars(admins.order_by(Account.id).with_for_update())
    if by.id not in set(locked):
        raise Mistake("You are no admin any more.")


def _colleague(
    row: Row[Any], present: tuple[int, datetime | None], careful: bool, link: datetime | None
) -> Colleague:
    return Colleague(
        row.id, row.email, row.role, row.must_change_password, row.disabled_at, row.created_at,
        *present, careful, link,
    )  # fmt: skip


_COLUMNS = (
    Account.id, Account.email, Account.role, Account.must_change_password, Account.disabled_at,
    Account.created_at,
)  # fmt: skip


def _sessions(
    connection: Connection, ids: list[UUID], wall: datetime
) -> dict[UUID, tuple[int, datetime]]:
    """How many sessions each of them has, and when they were last seen."""
    query = (
        select(func.count(), func.max(Session.seen_at), Session.account_id)
        .where(Session.account_id.in_(ids), Session.awaits.is_(None))
        .where(Session.expires_at > wall, Session.seen_at > wall - IDLE)
        .group_by(Session.account_id)
    )
    return {row[2]: (row[0], row[1]) for row in connection.execute(query)}


def _links(connection: Connection, ids: list[UUID], wall: datetime) -> dict[UUID, datetime]:
    """Until when each of them has a link that was not used."""
    query = select(OneTimeLink.account_id, OneTimeLink.expires_at).where(
        OneTimeLink.account_id.in_(ids),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > wall,
    )
    return {row.account_id: row.expires_at for row in connection.execute(query)}
