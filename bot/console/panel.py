"""What an agent can do in a conversation, why not, and until when: `actions` put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.console.words import Reason, StateWord, reason_word, state_word
from bot.conversations.actions import actions
from bot.conversations.held import Held


@dataclass(frozen=True, slots=True)
class Control:
    """Something to do: allowed, or not for a reason, and perhaps from a moment on."""

    allowed: bool
    reason: str | None = None
    allowed_at: datetime | None = None

    @property
    def why(self) -> Reason | None:
        """Why not, in words."""
        return reason_word(self.reason) if self.reason else None


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything that can be done in a conversation."""

    state: StateWord
    ask: Control
    text: Control
    template: Control
    media: Control
    sms: Control
    asked_before: bool
    window_until: datetime | None

    @property
    def is_final(self) -> bool:
        """Whether nothing that an agent does can open this conversation again."""
        return any(control.why and control.why.final for control in (self.ask, self.template))

    @property
    def asks_about_sms(self) -> bool:
        """Whether an SMS is offered in place of what did not arrive."""
        return self.state.offers_sms


def panel(held: Held, now: datetime, *, may_write: bool = True) -> Panel:
    """What can be done in a conversation now; nothing by those who only look."""
    allowed = actions(held, now)
    controls = {name: _control(verdict, may_write) for name, verdict in allowed.items()}
    is_whatsapp = held.channel == "whatsapp"
    return Panel(
        state=state_word(held.state, held.channel),
        ask=controls["request_opt_in"],
        text=controls["send_text"],
        template=controls["send_template"],
        media=controls["send_media"],
        sms=controls["send_sms"],
        asked_before=held.request_id is not None,
        window_until=held.window_until if is_whatsapp and held.window_open(now) else None,
    )


def _control(verdict: dict[str, object], may_write: bool) -> Control:
    if not may_write:
        return Control(False, "auditor")
    at = verdict["allowed_at"]
    reason = verdict["reason"]
    return Control(
        bool(verdict["allowed"]),
        str(reason) if reason else None,
        datetime.fromisoformat(str(at)) if at else None,
    )
