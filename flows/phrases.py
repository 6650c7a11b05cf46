"""What a row of a flow may ask (guards) and do (actions)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from flows.replies import Meaning
from flows.turn import FailureKind, Record, Tell, Turn


@dataclass(frozen=True, slots=True)
class Guard:
    """A named question about a turn; the name is what a diagram shows."""

    label: str
    test: Callable[[Turn], bool]

    def __or__(self, other: Guard) -> Guard:
        """Either of the two."""
        label = f"{self.label} or {other.label}"
        return Guard(label, lambda turn: self.test(turn) or other.test(turn))


def hears(*meanings: Meaning) -> Guard:
    """The reply means one of these, typed or tapped."""
    return Guard(
        " or ".join(meaning.upper() for meaning in meanings),
        lambda turn: turn.heard is not None and turn.heard.meaning in meanings,
    )


def taps(meaning: Meaning) -> Guard:
    """A button of ours with this meaning was tapped."""
    return Guard(
        f"a tap on {meaning.capitalize()}",
        lambda turn: turn.heard is not None and turn.heard.tap and turn.heard.meaning == meaning,
    )


def fails(*kinds: FailureKind) -> Guard:
    """A message of ours failed in one of these ways; none named means in any way."""
    return Guard(
        " or ".join(kinds) or "any failure",
        lambda turn: turn.failure is not None and (not kinds or turn.failure.kind in kinds),
    )


def request_fails(*kinds: FailureKind) -> Guard:
    """The request that this conversation waits on failed in one of these ways, or in any."""
    failed = fails(*kinds)
    return Guard(
        f"request, {' or '.join(kinds) or 'any reason'}",
        lambda turn: failed.test(turn) and turn.failure is not None and turn.failure.of_request,
    )


def prior_consent() -> Guard:
    """Whoever starts brings a consent that the contact gave to the business elsewhere."""
    return Guard("prior consent", lambda turn: turn.prior)


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a row does, with the kind, name and limit that a table and the checks read."""

    kind: Literal["request", "say", "tell", "record", "refuse"]
    name: str
    act: Callable[[Turn], None]
    limit: str = ""


def request(text: str) -> Action:
    """Send the text that the new state rests on: its clock starts with it, its failure matters."""
    return Action("request", text, lambda turn: turn.say(text, request=True))


def say(text: str, *, once_after: str | None = None, every: timedelta | None = None) -> Action:
    """Say `text`; at most once after each saying of `once_after`, or at most once in `every`."""

    def act(turn: Turn) -> None:
        """Say it, unless it was said too lately."""
        last = turn.said.get(text)
        asked = turn.said.get(once_after) if once_after else None
        if last and every and turn.now - last < every:
            return
        if last and once_after and (asked is None or last >= asked):
            return
        turn.say(text)

    limits = (
        "once a request" if once_after else "",
        f"once in {every.total_seconds() / 3600:g} h" if every else "",
    )
    return Action("say", text, act, " ".join(filter(None, limits)))


def tell(notice: str) -> Action:
    """Tell the agent."""
    return Action("tell", notice, lambda turn: turn.effects.append(Tell(notice)))


def record(kind: str) -> Action:
    """Write an entry of this kind into the ledger."""
    return Action("record", kind, lambda turn: turn.effects.append(Record(kind)))


def refuse(reason: str) -> Action:
    """Answer the agent with a reason and do nothing else."""
    return Action("refuse", reason, lambda turn: setattr(turn, "refusal", reason))
