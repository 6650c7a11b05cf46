"""The business's own addresses, what is configured for each, and the services that pool them."""

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.simulator.addresses import Address


@dataclass(frozen=True, slots=True)
class Sender:
    """One address, its Messaging Service if it is in one, and its own webhook and profile."""

    address: Address
    service: str | None = None
    webhook: dict[str, str] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)
    configuration: dict[str, Any] = field(default_factory=dict)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def sid(self) -> str:
        """Its sid: XE… on WhatsApp, PN… for a phone number; the same each time."""
        return sender_sid(self.address)


def sender_sid(address: Address) -> str:
    """Name an address of the business by a sid that does not change."""
    kind = "XE" if address.is_whatsapp else "PN"
    return kind + uuid.uuid5(uuid.NAMESPACE_URL, str(address)).hex


class Senders:
    """Knows the account's senders; while none is registered, any address may send."""

    def __init__(self, told: Iterable[Address] = ()) -> None:
        """Start with the addresses that the business says are its own; it may have others."""
        self._told = tuple(told)
        self._registered: dict[Address, Sender] = {}
        self._met: dict[Address, Sender] = {}
        self._lock = threading.Lock()
        self.forget_everything()

    def register(self, address: Address, service_sid: str | None = None) -> Sender:
        """Add a sender, optionally to the pool of a Messaging Service (MG…)."""
        with self._lock:
            before = self._registered.get(address) or self._met.get(address) or Sender(address)
            self._registered[address] = replace(before, service=service_sid)
            return self._registered[address]

    def meet(self, address: Address) -> None:
        """Note an address that sends or hears though nobody registered it."""
        with self._lock:
            if address not in self._registered:
                self._met.setdefault(address, Sender(address))

    def change(self, sid: str, change: Callable[[Sender], Sender]) -> Sender | None:
        """Change a sender; returns it as it is now, None if there is none with that sid."""
        with self._lock:
            for kept in (self._registered, self._met):
                for address, sender in kept.items():
                    if sender.sid == sid:
                        kept[address] = change(sender)
                        return kept[address]
        return None

    def remove(self, sid: str) -> None:
        """Take a sender away."""
        with self._lock:
            for kept in (self._registered, self._met):
                for address in [one for one, sender in kept.items() if sender.sid == sid]:
                    del kept[address]

    def knows(self, address: Address) -> bool:
        """Say whether a message may go out from this address."""
        return not self._registered or address in self._registered

    def named(self, address: Address) -> Sender:
        """Return the sender with this address, as configured."""
        return self._registered.get(address) or self._met.get(address) or Sender(address)

    def service_of(self, address: Address) -> str | None:
        """Return the Messaging Service the sender is in, if any."""
        return self.named(address).service

    def pooled(self, service_sid: str, channel: str) -> Address | None:
        """Return the first sender of a service on a channel, or None."""
        for sender in self.registered():
            if sender.service == service_sid and sender.address.channel == channel:
                return sender.address
        return None

    def registered(self) -> list[Sender]:
        """Return the senders that were registered; no other may send once there is one."""
        with self._lock:
            return list(self._registered.values())

    def in_use(self) -> list[Sender]:
        """Return the registered senders, or else those that have been met."""
        with self._lock:
            return list((self._registered or self._met).values())

    def on(self, channel: str) -> Iterator[Sender]:
        """Return the senders in use on one channel."""
        return (sender for sender in self.in_use() if sender.address.channel == channel)

    def forget_everything(self) -> None:
        """Let any address send again, and know no more than at the start."""
        with self._lock:
            self._registered.clear()
            self._met = {address: Sender(address) for address in self._told}
