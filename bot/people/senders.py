"""Whose sender is it? Senders and the organizations behind them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select

import flows
from bot.people.mistakes import Mistake
from bot.store.among import Columns, among_keys, key_parameters
from bot.store.models import Organization, Sender
from flows.flow import Flow

BY_ADDRESS: Columns = (Sender.address,)


@dataclass(frozen=True, slots=True)
class House:
    """A sender, and what its organization decided."""

    organization_id: UUID
    sender_id: UUID
    address: str
    channel: str
    whatsapp: bool
    sms: str

    @property
    def flow(self) -> Flow:
        """The course of a new conversation. SMS that is off still asks before anything is sent."""
        if self.channel == "whatsapp" or self.sms == "off":
            return flows.serving(self.channel, "consent")
        return flows.serving(self.channel, self.sms)


def by_sender(connection: Connection, addresses: Collection[str]) -> dict[str, House]:
    """The houses that these sender addresses belong to; addresses that are not ours are absent."""
    keys = [(address,) for address in addresses]
    found = connection.execute(
        _by_address(connection.dialect.name), key_parameters(connection, BY_ADDRESS, keys)
    )
    return {row.address: _house(row) for row in found}


def of_organization(
    connection: Connection, organization_id: UUID, channel: str, address: str | None = None
) -> House | None:
    """The sender that an organization writes from: the one named, else its first."""
    query = _query().where(Sender.organization_id == organization_id, Sender.channel == channel)
    if address:
        query = query.where(Sender.address == address)
    row = connection.execute(query.order_by(Sender.created_at, Sender.id).limit(1)).first()
    return _house(row) if row else None


def by_id(connection: Connection, sender_id: UUID) -> House:
    """The house of a sender. Raises `NoResultFound` when there is no such sender."""
    return _house(connection.execute(_query().where(Sender.id == sender_id)).one())


@dataclass(frozen=True, slots=True)
class Policy:
    """What an organization allows; `strangers` is what becomes of people who write first."""

    whatsapp: bool
    sms: str
    strangers: str


def policy(connection: Connection, organization_id: UUID) -> Policy:
    """What an organization allows. Raises `NoResultFound` when there is none of that id."""
    query = select(Organization.whatsapp, Organization.sms, Organization.strangers).where(
        Organization.id == organization_id
    )
    return Policy(*connection.execute(query).one())


class NoHouse(Mistake):
    """There is no sender that may ask; `reason` is a code of the API."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


def house_of(
    connection: Connection, organization_id: UUID, channel: str, sender: str | None = None
) -> House:
    """The sender that asks: the one named, else the first. Raises `NoHouse` when none may."""
    allowed = policy(connection, organization_id)
    if channel == "whatsapp" and not allowed.whatsapp:
        words = "WhatsApp is not enabled for this organization. See: flask org set --whatsapp"
        raise NoHouse("whatsapp_disabled", words)
    if channel == "sms" and allowed.sms == "off":
        words = "SMS is off for this organization. See: flask org set --sms consent"
        raise NoHouse("sms_disabled", words)
    house = of_organization(connection, organization_id, channel, sender)
    if house is None:
        named = f" {sender!r}" if sender else ""
        words = f"The organization has no sender{named} for {channel}. See: flask sender add"
        raise NoHouse("no_sender", words)
    return house


@cache
def _by_address(speaks: str) -> Select[UUID, UUID, str, str, bool, str]:
    """Made once: to put a statement together costs more than to run it."""
    return _query().where(among_keys(speaks, BY_ADDRESS))


def _query() -> Select[UUID, UUID, str, str, bool, str]:
    return select(
        Sender.id, Sender.organization_id, Sender.address, Sender.channel,
        Organization.whatsapp, Organization.sms,
    ).join(Organization, Organization.id == Sender.organization_id)  # fmt: skip


def _house(row: Row[UUID, UUID, str, str, bool, str]) -> House:
    return House(row.organization_id, row.id, row.address, row.channel, row.whatsapp, row.sms)
