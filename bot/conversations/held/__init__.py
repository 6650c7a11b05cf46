"""Conversations in a transaction, with what must be known about the people in them."""

from __future__ import annotations

from bot.conversations.held.conversation import Ends, Held, Key
from bot.conversations.held.finding import by_ends, by_key, due, find

__all__ = ["Ends", "Held", "Key", "by_ends", "by_key", "due", "find"]
