"""Organizations and the senders they write from: added, changed, found, listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select

from bot.people.choices import (
    ATTEMPTS,
    LOWEST_LIMIT,
    read_attempts,
    read_messaging_limit,
    read_rate,
    read_sms,
    read_strangers,
    read_templates,
    read_zone,
)
from bot.people.languages import read_language
from bot.people.mistakes import Mistake
from bot.people.phones import BadPhone, read_phone
from bot.people.quiet_hours import DEFAULT, read_quiet_hours
from bot.store.bulk import insert_new, update_all
from bot.store.columns import new_id
from bot.store.models import Organization, Sender

WHATSAPP = "whatsapp:"


def add(
    connection: Connection, name: str, *, whatsapp: bool, sms: str, strangers: str = "ask",
    language: str = "en", time_zone: str = "UTC", attempts: int = ATTEMPTS,
    quiet_hours: str = DEFAULT, messaging_limit: Any = LOWEST_LIMIT, now: datetime,
) -> UUID:  # fmt: skip
    """Add an organization and give back its id. Raises `Mistake`."""
    row: dict[str, Any] = {
        "id": new_id(),
        "created_at": now,
        **_checked(
            {
                "name": name, "whatsapp": whatsapp, "sms": sms, "strangers": strangers,
                "language": language, "time_zone": time_zone,
                "attempts": attempts, "quiet_hours": quiet_hours,
                "messaging_limit": messaging_limit,
            }
        ),
    }  # fmt: skip
    if not insert_new(connection, Organization, [row], ["name"]):
        raise Mistake(f"There is an organization {row['name']!r} already.")
    added: UUID = row["id"]
    return added


def change(connection: Connection, organization_id: UUID, **changes: Any) -> None:
    """Change what is given: `name`, `whatsapp`, `sms`, `strangers`, `language`, `time_zone`,
    `attempts` (0 is no limit), `quiet_hours` (`21:00-08:00`, or `none`) or `messaging_limit`
    (0 and `unlimited` are none). Raises `Mistake`.
    """
    row = _checked(changes)
    if not row:
        raise Mistake("Nothing to change was given.")
    taken = select(Organization.id).where(
        Organization.name == row.get("name"), Organization.id != organization_id
    )
    if connection.scalar(taken):
        raise Mistake(f"There is an organization {row['name']!r} already.")
    update_all(connection, Organization, [{"id": organization_id, **row}], keys=("id",))


def find(connection: Connection, name_or_id: str) -> Row[Any]:
    """Find an organization by its id or its name. Raises `Mistake` when there is none."""
    wanted = Organization.name == name_or_id
    if identity := _read_id(name_or_id):
        wanted |= Organization.id == identity
    row = connection.execute(_organizations().where(wanted)).first()
    if row is None:
        raise Mistake(_no_organization(connection, name_or_id))
    return row


def everyone(connection: Connection) -> list[Row[Any]]:
    """All organizations, by name."""
    return list(connection.execute(_organizations().order_by(Organization.name)))


def add_sender(
    connection: Connection, organization_id: UUID, address: str, templates: Mapping[str, str],
    now: datetime, per_second: float = 80.0,
) -> UUID:  # fmt: skip
    """Add a sender, `whatsapp:+…` or `+…` for SMS, and give back its id. Raises `Mistake`.

    `templates` are ContentSids of the opt-in request by language, for WhatsApp only.
    """
    channel, written = _read_address(address)
    row: dict[str, Any] = {
        "id": new_id(),
        "organization_id": organization_id,
        "channel": channel,
        "address": written,
        "templates": read_templates(channel, templates),
        "per_second": read_rate(per_second),
        "free_at": None,
        "created_at": now,
    }
    if not insert_new(connection, Sender, [row], ["address"]):
        raise Mistake(f"The sender {written} exists already, for {_owner(connection, written)!r}.")
    added: UUID = row["id"]
    return added


def change_sender(connection: Connection, address: str, per_second: float) -> None:
    """Change how many messages a sender sends a second. Raises `Mistake`."""
    row = {"address": address, "per_second": read_rate(per_second)}
    if not update_all(connection, Sender, [row], keys=("address",)):
        raise Mistake(f"There is no sender {address!r}. See: flask sender list")


def senders(connection: Connection, organization_id: UUID | None = None) -> list[Row[Any]]:
    """The senders of one organization or of all, each with its organization's name."""
    query = (
        select(
            Sender.id, Organization.name.label("organization"), Sender.channel, Sender.address,
            Sender.templates, Sender.per_second, Sender.created_at,
        )
        .join(Organization, Organization.id == Sender.organization_id)
        .order_by(Organization.name, Sender.created_at, Sender.id)
    )  # fmt: skip
    if organization_id:
        query = query.where(Sender.organization_id == organization_id)
    return list(connection.execute(query))


def _organizations() -> Select[Any]:
    return select(*Organization.__table__.columns)


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    checks: dict[str, Callable[[Any], Any]] = {
        "name": _read_name,
        "sms": read_sms,
        "strangers": read_strangers,
        "language": read_language,
        "time_zone": read_zone,
        "attempts": read_attempts,
        "quiet_hours": read_quiet_hours,
        "messaging_limit": read_messaging_limit,
    }
    return {name: checks[name](value) if name in checks else value for name, value in given.items()}


def _read_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise Mistake("An organization needs a name that can be printed: contacts read it.")
    if _read_id(name):
        raise Mistake(f"{name!r} looks like an id; an organization needs a name.")
    return name


def _read_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _no_organization(connection: Connection, name_or_id: str) -> str:
    names = [repr(name) for name in connection.scalars(select(Organization.name).limit(10))]
    there_are = f" There are: {', '.join(names)}." if names else ""
    return f"There is no organization {name_or_id!r}.{there_are} Add one with: flask org add NAME"


def _read_address(address: str) -> tuple[str, str]:
    channel, prefix = ("whatsapp", WHATSAPP) if address.startswith(WHATSAPP) else ("sms", "")
    try:
        return channel, prefix + read_phone(address.removeprefix(prefix))
    except BadPhone as error:
        raise Mistake(
            f"{error} A sender is whatsapp:+… for WhatsApp, or +… alone for SMS."
        ) from None


def _owner(connection: Connection, address: str) -> str:
    query = select(Organization.name).join(Sender).where(Sender.address == address)
    return connection.scalars(query).one()
