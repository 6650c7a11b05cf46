"""What a contact sent, free of any provider's spelling."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from flows.replies import Heard


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message of a contact.

    `sender` is our address as the provider spells it (`whatsapp:+…` or `+…`); `address` is the
    contact's, an E.164 number or a WhatsApp user id (`CC.…`). `sent_at` is the provider's date,
    known when the message was fetched rather than delivered; `form` is everything that came.
    `user_id` is a second name that the provider gives to who wrote. `answered` is what the provider
    itself took the message for, when it has replied already.
    """

    sid: str
    sender: str
    address: str
    heard: Heard
    media: tuple[dict[str, str], ...] = ()
    profile_name: str = ""
    replied_to: str | None = None
    user_id: str | None = None
    answered: Literal["stop", "start", "help"] | None = None
    sent_at: datetime | None = None
    via: Literal["webhook", "sweep"] = "webhook"
    form: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Literal["phone", "whatsapp_id"]:
        """What sort of address wrote."""
        return "phone" if self.address.startswith("+") else "whatsapp_id"

    @property
    def ends(self) -> tuple[str, str]:
        """Between whom it went: our sender's address and the contact's."""
        return self.sender, self.address
