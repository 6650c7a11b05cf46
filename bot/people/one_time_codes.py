"""The second step of signing in: a code of six digits that a phone computes from the time.

RFC 6238. The phone's secret is kept nowhere: it follows from the server's key and a salt, so that
who reads the database still has no code. Each code is taken once (OWASP ASVS 5.0, 6.5.1).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import Connection, Row, delete, select

from bot.people.accounts import Member
from bot.people.passwords import LETTERS
from bot.people.sessions import digest
from bot.store.bulk import insert_new, update_all
from bot.store.models import Account, SecondStep

PERIOD = 30
"""Seconds that a code is shown."""

SLACK = 1
"""Codes before and after the present one that are taken too: phones go wrong by seconds."""

RECOVERY_CODES = 10
ISSUER = "Assent"


def prepare(connection: Connection, member: Member, wall: datetime) -> None:
    """Begin to set the second step up. It asks for nothing before a code of the phone was seen."""
    row = {
        "account_id": member.id,
        "organization_id": member.organization_id,
        "salt": secrets.token_hex(16),
        "confirmed_at": None,
        "created_at": wall,
    }
    insert_new(connection, SecondStep, [row], ["account_id"])


def address(connection: Connection, member: Member, key: str) -> str | None:
    """What a phone is to scan (`otpauth://…`), until it was confirmed; then nothing shows it."""
    row = _row(connection, member.id)
    if row is None or row.confirmed_at:
        return None
    return _codes(key, row.salt).provisioning_uri(name=member.email, issuer_name=ISSUER)


def confirm(
    connection: Connection, account_id: UUID, key: str, code: str, wall: datetime
) -> list[str] | None:
    """Turn the second step on with a code of the phone; gives back the recovery codes, once."""
    row = _row(connection, account_id, lock=True)
    step = _step(key, row, code, wall) if row and not row.confirmed_at else None
    if step is None:
        return None
    spare = [_recovery_code() for _ in range(RECOVERY_CODES)]
    _change(
        connection, account_id,
        confirmed_at=wall, last_step=step, recovery=[_kept(one) for one in spare],
    )  # fmt: skip
    return spare


def fits(connection: Connection, account_id: UUID, key: str, code: str, wall: datetime) -> bool:
    """Whether this is a code that somebody may come in with; it is spent by that."""
    row = _row(connection, account_id, lock=True)
    if row is None or not row.confirmed_at:
        return False
    step = _step(key, row, code, wall)
    if step is not None:
        _change(connection, account_id, last_step=step)
        return True
    left = [one for one in row.recovery if one != _kept(code)]
    if len(left) == len(row.recovery):
        return False
    _change(connection, account_id, recovery=left)
    return True


def is_on(connection: Connection, account_id: UUID) -> bool:
    """Whether somebody is asked for a code."""
    row = _row(connection, account_id)
    return bool(row and row.confirmed_at)


def codes_left(connection: Connection, account_id: UUID) -> int:
    """How many recovery codes somebody has not used."""
    row = _row(connection, account_id)
    return len(row.recovery) if row else 0


def those_on(connection: Connection, accounts: Iterable[UUID]) -> set[UUID]:
    """Who of these is asked for a code."""
    query = select(SecondStep.account_id).where(
        SecondStep.account_id.in_(list(accounts)), SecondStep.confirmed_at.is_not(None)
    )
    return set(connection.scalars(query))


def forget(connection: Connection, account_id: UUID) -> None:
    """Take the second step off somebody: the password alone lets them in."""
    connection.execute(delete(SecondStep).where(SecondStep.account_id == account_id))


def forget_by_email(connection: Connection, email: str) -> None:
    """The same, for whoever has this e-mail address."""
    theirs = select(Account.id).where(Account.email == email.strip().lower())
    connection.execute(delete(SecondStep).where(SecondStep.account_id.in_(theirs)))


def _row(connection: Connection, account_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    query = select(*SecondStep.__table__.columns).where(SecondStep.account_id == account_id)
    return connection.execute(query.with_for_update() if lock else query).first()


def _step(key: str, row: Row[Any], code: str, wall: datetime) -> int | None:
    """The time step that a code belongs to, if it is one that was not used yet."""
    codes, now = _codes(key, row.salt), int(wall.timestamp()) // PERIOD
    digits = "".join(code.split())
    for step in range(max(now - SLACK, row.last_step + 1), now + SLACK + 1):
        if hmac.compare_digest(codes.generate_otp(step), digits.encode().decode("ascii", "ignore")):
            return step
    return None


def _codes(key: str, salt: str) -> pyotp.TOTP:
    secret = hmac.digest(key.encode(), f"second step:{salt}".encode(), hashlib.sha256)
    return pyotp.TOTP(base64.b32encode(secret[:20]).decode(), interval=PERIOD)


def _change(connection: Connection, account_id: UUID, **changes: Any) -> None:
    update_all(
        connection, SecondStep, [{"account_id": account_id, **changes}], keys=("account_id",)
    )


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))


def _kept(code: str) -> str:
    """What is kept of a recovery code, however it was typed."""
    return digest("".join(letter for letter in code.lower() if letter in LETTERS))
