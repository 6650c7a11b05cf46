"""The tables.

Whatever grows with an organization carries it in its key, so that PostgreSQL's own partitioning or
a sharded PostgreSQL can split by it. Moments are of the clock that conversations live by; a column
marked (wall) is compared with the provider's clock, which no simulation moves.
"""

from __future__ import annotations

from bot.store.models.access import Bucket, OneTimeLink, SecondStep, Session
from bot.store.models.attachments import Attachment
from bot.store.models.base import Base
from bot.store.models.campaigns import Campaign, Invitation
from bot.store.models.conversations import Conversation, Message
from bot.store.models.evidence import Arrival, Delivery, Entry, Stray, StrayReport
from bot.store.models.notices import Notice
from bot.store.models.operations import Answered, ClockOffset, Heartbeat, Pause, Problem
from bot.store.models.people import (
    Account,
    Address,
    Contact,
    ContactWord,
    HouseText,
    Organization,
    Sender,
    Token,
)

__all__ = [
    "Account",
    "Address",
    "Answered",
    "Arrival",
    "Attachment",
    "Base",
    "Bucket",
    "Campaign",
    "ClockOffset",
    "Contact",
    "ContactWord",
    "Conversation",
    "Delivery",
    "Entry",
    "Heartbeat",
    "HouseText",
    "Invitation",
    "Message",
    "Notice",
    "OneTimeLink",
    "Organization",
    "Pause",
    "Problem",
    "SecondStep",
    "Sender",
    "Session",
    "Stray",
    "StrayReport",
    "Token",
]
