"""A conversation to play: a flow, two people, a provider, and a clock that moves when told to.

Everything that happens is written to standard output, so a test that fails shows its transcript.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flows.flow import Flow
from flows.replies import Heard, Reading, read
from flows.turn import Effect, Failure, FailureKind, Record, Say, Tell, Trigger, Turn

BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Conversation:
    """One contact and one agent on one flow; what came of the last step can be asked for."""

    flow: Flow
    language: str = "en"
    state: str = ""
    now: datetime = BEGINNING
    due_at: datetime | None = None
    refusal: str | None = None
    said: dict[str, datetime] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    history: list[Effect] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin where the flow begins."""
        self.state = self.state or self.flow.initial
        self.person, self.agent = Person(self), Agent(self)
        self.time, self.provider = Time(self), Provider(self)

    @property
    def open(self) -> bool:
        """Whether the agent may write."""
        return self.flow.state(self.state).open

    def step(self, who: str, does: str) -> None:
        """Begin a step of the transcript: what came of earlier ones is no longer asked for."""
        self.effects, self.refusal = [], None
        self._write(who, does)

    def take(
        self, trigger: Trigger, heard: Reading | None = None, failure: Failure | None = None
    ) -> None:
        """Take a turn the way whoever runs a flow does."""
        turn = Turn(self.state, self.now, heard, failure, self.said)
        self.flow.take(trigger, turn)
        self.refusal = turn.refusal
        self.effects += turn.effects
        self.history += turn.effects
        for effect in [*turn.effects, *([turn.refusal] if turn.refusal else [])]:
            self._write("", f"-> {effect}")
        if turn.state != self.state:
            self._enter(turn.state)

    def recorded(self, *kinds: str) -> None:
        """Hold that the last step left exactly these entries in the ledger."""
        left = tuple(effect.kind for effect in self.effects if isinstance(effect, Record))
        assert left == kinds, f"the ledger got {left or 'nothing'}, not {kinds or 'nothing'}"

    def stays(self, state: str) -> None:
        """Hold that the last step came to nothing: nobody hears of it and nothing moves."""
        self.person.hears()
        self.agent.is_told()
        self.recorded()
        assert self.state == state

    def _enter(self, state: str) -> None:
        self._write("", f"-> {self.state} becomes {state}")
        lasts = self.flow.state(state).lasts
        self.state, self.due_at = state, self.now + lasts if lasts else None

    def _write(self, who: str, does: str) -> None:
        sys.stdout.write(f"{self.now - BEGINNING!s:>16}  {who:<9}{does}\n")


@dataclass(frozen=True)
class Person:
    """The contact."""

    chat: Conversation

    def says(self, text: str) -> None:
        """Write something."""
        self._sends(f"says {text!r}", Heard(text))

    def taps(self, answer: str) -> None:
        """Tap a button under a request."""
        button = answer.capitalize()
        self._sends(f"taps {button}", Heard(button, payload=f"optin_{answer}", button=button))

    def sends_a_file(self, called: str) -> None:
        """Send something that is not text."""
        self._sends(f"sends a file called {called!r}", Heard(called, media=True))

    def means(self, reading: Reading) -> None:
        """Send whatever is read like this."""
        self.chat.step("person", f"means {reading.meaning}{' by a tap' if reading.tap else ''}")
        self.chat.take("receive", heard=reading)

    def hears(self, *texts: str) -> None:
        """Hold that exactly these texts went to the contact in the last step."""
        heard = tuple(effect.text for effect in self.chat.effects if isinstance(effect, Say))
        assert heard == texts, f"the contact hears {heard or 'nothing'}, not {texts or 'nothing'}"

    def _sends(self, does: str, heard: Heard) -> None:
        self.chat.step("person", does)
        self.chat.take("receive", heard=read(heard, self.chat.language))


@dataclass(frozen=True)
class Agent:
    """Who asks."""

    chat: Conversation

    def asks(self) -> None:
        """Ask for consent, or begin."""
        self.chat.step("agent", "asks")
        self.chat.take("start")

    def is_told(self, *notices: str) -> None:
        """Hold that exactly these notices came up in the last step."""
        told = tuple(effect.notice for effect in self.chat.effects if isinstance(effect, Tell))
        assert told == notices, f"the agent is told {told or 'nothing'}, not {notices or 'nothing'}"

    def is_refused(self, reason: str) -> None:
        """Hold that asking was refused, and that nothing came of it."""
        assert self.chat.refusal == reason
        self.chat.stays(self.chat.state)


@dataclass(frozen=True)
class Time:
    """The clock."""

    chat: Conversation

    def passes(self, *, hours: float = 0, seconds: float = 0) -> None:
        """Let time go by; a state whose time is up on the way expires at that moment."""
        self.chat.step("time", f"passes: {timedelta(hours=hours, seconds=seconds)}")
        until = self.chat.now + timedelta(hours=hours, seconds=seconds)
        while self.chat.due_at and self.chat.due_at <= until:
            self.chat.now, self.chat.due_at = self.chat.due_at, None
            self.chat.take("expire")
        self.chat.now = until


@dataclass(frozen=True)
class Provider:
    """What carries messages, and sometimes does not."""

    chat: Conversation

    def fails_the_request(self, kind: FailureKind) -> None:
        """Report that the latest request will not arrive."""
        self._fails("the request", Failure(kind, of_request=True))

    def fails_a_message(self, kind: FailureKind) -> None:
        """Report that an ordinary message will not arrive."""
        self._fails("a message", Failure(kind, of_request=False))

    def _fails(self, what: str, failure: Failure) -> None:
        self.chat.step("provider", f"fails {what}: {failure.kind}")
        self.chat.take("fail", failure=failure)
