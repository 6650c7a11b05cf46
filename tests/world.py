"""A small world to tell stories in: one organization, its senders, and contacts who answer."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from bot.conversations import actions, engine, held, ledger, prior, timeline
from bot.conversations.actions import Refusal
from bot.conversations.engine import Request
from bot.conversations.held import Held, Key
from bot.conversations.inbound import Inbound
from bot.conversations.prior import Prior
from bot.people import newcomers, organizations, senders
from bot.people.senders import House
from bot.store.bulk import insert_all
from bot.store.columns import new_id
from bot.store.db import Database
from bot.store.models import Entry, Message, Organization, Sender
from flows.replies import Heard

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEMPLATE = "HX" + "1" * 32
WHATSAPP, SMS = "whatsapp:+15550001000", "+15550001000"
SECOND = "whatsapp:+15550002000"

_sids = itertools.count(1)


def new_sid() -> str:
    """A message's sid, never used before."""
    return f"SM{next(_sids):032d}"


class World:
    """An organization on WhatsApp and SMS, at a moment that only the story moves."""

    def __init__(self, database: Database, *, sms: str = "disclaimer") -> None:
        self.database = database
        self.now = NOON
        self.organization_id = self.add_organization("Acme", WHATSAPP, SMS, sms=sms)

    def add_organization(self, name: str, *addresses: str, sms: str = "disclaimer") -> UUID:
        """An organization with senders, and its id."""
        organization_id = new_id()
        row = {"id": organization_id, "name": name, "whatsapp": True, "sms": sms}
        with self.database.writing() as connection:
            insert_all(connection, Organization, [row | {"created_at": self.now}])
            for address in addresses:
                channel = "whatsapp" if address.startswith("whatsapp:") else "sms"
                sender = {"organization_id": organization_id, "channel": channel}
                sender |= {"address": address, "created_at": self.now}
                sender |= {"templates": {"en": TEMPLATE} if channel == "whatsapp" else {}}
                insert_all(connection, Sender, [sender])
        return organization_id

    def gets_a_second_sender(self) -> House:
        """The organization writes on WhatsApp from one more number, with the same template."""
        with self.database.writing() as connection:
            organizations.add_sender(
                connection, self.organization_id, SECOND, {"en": TEMPLATE}, self.now
            )
        return self.house(address=SECOND)

    def passes(self, **time: float) -> None:
        """Let time go by, `hours=24`, without anybody noticing."""
        self.now += timedelta(**time)

    def keeps_strangers(self) -> None:
        """People who write first are kept and not asked, from now on."""
        with self.database.writing() as connection:
            organizations.change(connection, self.organization_id, strangers="keep")

    def house(self, channel: str = "whatsapp", address: str | None = None) -> House:
        """The sender that messages leave from: the first, unless another is named."""
        with self.database.reading() as connection:
            found = senders.of_organization(connection, self.organization_id, channel, address)
        assert found
        return found

    def contact(
        self, phone: str = "+4915112345678", channel: str = "whatsapp", name: str = "Jo"
    ) -> Friend:
        """A contact with a number, and a conversation with them in its first state."""
        house = self.house(channel)
        with self.database.writing() as connection:
            contact_id = newcomers.add_contact(
                connection, self.organization_id, phone, name, self.now
            )
            conversation_id = newcomers.open_conversation(
                connection, house, contact_id, phone, self.now
            )
        return Friend(self, house, phone, (self.organization_id, conversation_id))

    def expire(self, limit: int = 1000) -> int:
        """One round of the worker's clock."""
        with self.database.writing() as connection:
            return engine.expire(connection, self.now, limit)


@dataclass(frozen=True)
class Friend:
    """A contact, and the conversation that the organization has with them."""

    world: World
    house: House
    phone: str
    key: Key

    def is_asked(self) -> Refusal | None:
        """An agent asks; the refusal, if any."""
        request = Request(self.key, "agent", "existing client")
        with self.world.database.writing() as connection:
            return engine.start(connection, [request], self.world.now)[0]

    def message(self, text: str, **more: object) -> Inbound:
        """What the provider would deliver if they wrote this."""
        return Inbound(new_sid(), self.house.address, self.phone, Heard(text), **more)  # type: ignore[arg-type]

    def says(self, text: str, **more: object) -> str:
        """They write; what became of it."""
        return self.delivers(self.message(text, **more))

    def delivers(self, *inbound: Inbound) -> str:
        """The provider delivers messages in one batch; what became of the last."""
        now = self.world.now
        with self.world.database.writing() as connection:
            return engine.receive(connection, inbound, now, now)[-1]

    def consented_elsewhere(self) -> Refusal | None:
        """An agent brings in what they signed on a form; the refusal, if any."""
        form = Prior(self.key, "agent", "form", date(2026, 2, 1), "form No. 7")
        with self.world.database.writing() as connection:
            return prior.bring(connection, [form], self.world.now)[0]

    def withdraws(self, reason: str = "by phone") -> None:
        """They tell an agent that they want to hear no more."""
        with self.world.database.writing() as connection:
            engine.withdraw(connection, self.key, "agent", reason, self.world.now)

    @property
    def now(self) -> Held:
        """The conversation as it is."""
        with self.world.database.reading() as connection:
            return held.by_key(connection, [self.key], lock=False)[self.key]

    @property
    def state(self) -> str:
        """The state of the conversation."""
        return self.now.state

    @property
    def heard(self) -> list[str]:
        """The names of the texts that we have sent, or mean to."""
        return [line.code for line in self.lines if line.kind == "out"]

    @property
    def told(self) -> list[str]:
        """The codes of the notices that the agent has read."""
        return [line.code for line in self.lines if line.kind == "notice"]

    @property
    def lines(self) -> list[timeline.Line]:
        """The timeline."""
        with self.world.database.reading() as connection:
            return timeline.lines(connection, self.key)

    @property
    def links(self) -> list[ledger.Link]:
        """The ledger."""
        query = select(Entry.seq, Entry.body, Entry.personal, Entry.previous, Entry.hash)
        with self.world.database.reading() as connection:
            rows = connection.execute(
                query.where(Entry.conversation_id == self.key[1]).order_by(Entry.seq)
            )
            return [ledger.Link(*row) for row in rows]

    @property
    def recorded(self) -> list[str]:
        """The kinds of the ledger's entries."""
        query = select(Entry.kind).where(Entry.conversation_id == self.key[1]).order_by(Entry.seq)
        with self.world.database.reading() as connection:
            return list(connection.scalars(query))

    @property
    def request_id(self) -> UUID:
        """The message that the last request is."""
        query = select(Message.id).where(Message.conversation_id == self.key[1], Message.request)
        with self.world.database.reading() as connection:
            return connection.scalars(query.order_by(Message.seq.desc())).first()  # type: ignore[return-value]

    def may(self, action: str) -> bool:
        """Whether an agent may do it now."""
        return bool(actions.actions(self.now, self.world.now)[action]["allowed"])

    def is_proved(self) -> bool:
        """Whether the ledger is unbroken and leads to the state that the conversation is in."""
        links = self.links
        return not ledger.faults(links) and ledger.fold(links, self.now.flow.initial) == self.state
