"""A turn: one trigger applied to one conversation, and what came of it.

`Turn` is the whole interface between `flows` and whoever runs them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flows.replies import Reading

Trigger = Literal["start", "receive", "expire", "fail"]
"""All that ever moves a conversation."""

FailureKind = Literal["unreachable", "blocked", "final"]
"""Not on this channel at all; blocked or unsubscribed at the provider; anything else for good."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A message of ours will not arrive: why, and whether it was the request being waited on."""

    kind: FailureKind
    of_request: bool


@dataclass(frozen=True, slots=True)
class Say:
    """The contact hears the text called `text`. A `request` is what the new state rests on."""

    text: str
    request: bool = False


@dataclass(frozen=True, slots=True)
class Tell:
    """The agent reads the notice called `notice`."""

    notice: str


@dataclass(frozen=True, slots=True)
class Record:
    """The ledger gets an entry of this kind."""

    kind: str


Effect = Say | Tell | Record


@dataclass(slots=True)
class Turn:
    """One trigger applied to one conversation.

    In: `state`, `now` (aware UTC), what was `heard` or which `failure` is known, `said`: when each
    text was last said in this conversation, and whether a `start` comes with a `prior` consent,
    given to the business elsewhere. Out: `state` and `effects` in order, or a
    `refusal`: the reason why an agent's `start` does nothing, a code of the API.
    """

    state: str
    now: datetime
    heard: Reading | None = None
    failure: Failure | None = None
    said: dict[str, datetime] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    refusal: str | None = None
    prior: bool = False

    def say(self, text: str, *, request: bool = False) -> None:
        """Let the contact hear `text`, and remember when."""
        self.effects.append(Say(text, request))
        self.said[text] = self.now
