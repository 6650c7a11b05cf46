"""Who wrote: strangers come to be known, and several addresses prove to be one person's.

Proof is what the provider vouches for: a user id named beside a number, or a reply to a message of
ours that only its addressee has. Two spellings of a number prove nothing by themselves.
"""

from __future__ import annotations

from bot.people.acquaintance.meeting import Met, meet
from bot.people.acquaintance.recycled import Anew
from bot.people.acquaintance.writers import Writer

__all__ = ["Anew", "Met", "Writer", "meet"]
