"""One scenario being played: the contact, the server, and what is waited for."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from bot.simulator import travel
from bot.simulator.addresses import WHATSAPP
from bot.simulator.customers import NOT_ON_WHATSAPP
from bot.simulator.inbound import Heard, hear
from bot.simulator.message import Message
from bot.simulator.server import ServerTrouble
from bot.simulator.stand_in import StandIn
from bot.simulator.taps import button_of, messages_with, usual_business

PATIENCE: Final = 45.0
_PAUSE: Final = 0.1
_BASIS: Final = "A scenario of the simulator"
_dice = random.SystemRandom()

Found = TypeVar("Found")


class Stuck(RuntimeError):
    """What should have happened did not, however long it was waited for."""


class Play:
    """A fresh contact, and everything that happens to them."""

    def __init__(self, stand_in: StandIn, scenario: str) -> None:
        """Choose a number that nobody has."""
        self._stand_in = stand_in
        self._phone = _fresh_phone(stand_in)
        self._seen = 0
        self._talk = ""
        self._contact = ""
        self.run = stand_in.runs.start(scenario, self._phone)
        stand_in.customers.named(self._phone)

    @property
    def is_forgotten(self) -> bool:
        """Whether the stand-in has started afresh since: nobody waits for the end."""
        return self._stand_in.runs.find(self.run.number) is None

    def ask(self, arrives: bool = True) -> None:
        """Add the contact and ask for consent; wait until the request is on the phone."""
        self._contact = self._add_contact()["id"]
        asked = self._stand_in.server.api(
            "POST", f"/contacts/{self._contact}/opt-in", {"basis": _BASIS}
        )
        self._talk = asked["id"]
        self.run.tell(f"Asked {self._phone} for consent.")
        if arrives:
            request = self._await(self._arrival, "the request did not arrive")
            self.run.tell(f"The phone shows: “{request.shown.text}”")

    def answer(self, word: str) -> None:
        """Tap the request's button for `yes` or `no`; without buttons, write the word."""
        request = self._arrived()[-1]
        button = button_of(request, word)
        if button is None:
            self.say(word)
            return
        self._hear(button=button, replies_to=request.sid)
        self.run.tell(f"Tapped [{button.title}].")

    def say(self, text: str) -> None:
        """Write a text by hand."""
        self._hear(text=text)
        self.run.tell(f"Wrote “{text}”.")

    def stay_silent(self) -> None:
        """Let the time pass that the request waits for an answer."""
        due = self._await(lambda: self._state()["due_at"], "the request waits for nothing")
        ahead = datetime.fromisoformat(due) - self._stand_in.clock.now()
        travel.advance(self._stand_in, ahead.total_seconds() + 1)
        self.run.tell(f"Moved both clocks ahead by {ahead.total_seconds() / 3600:.1f} hours.")

    def leave_whatsapp(self) -> None:
        """Make the contact somebody without WhatsApp."""
        customer = self._stand_in.customers.named(self._phone)
        self._stand_in.customers.change(replace(customer, reachable=NOT_ON_WHATSAPP))
        self.run.tell(f"{self._phone} has no WhatsApp.")

    def expect(self, state: str) -> None:
        """Wait until the conversation is in a state, and repeat what the agent is told."""
        self._await(lambda: self._state()["state"] == state, f"the state is not {state}")
        self.run.tell(f"The conversation is {state}.")
        lines = self._stand_in.server.api("GET", f"/conversations/{self._talk}/timeline")["items"]
        notices = [line["text"] for line in lines if line["kind"] == "notice"]
        if notices:
            self.run.tell(f"The agent reads: “{notices[-1]}”")

    def hear_back(self) -> None:
        """Wait for the next message to the phone."""
        message = self._await(self._arrival, "the contact hears nothing")
        self.run.tell(f"The contact reads: “{message.shown.text}”")

    def offer_sms(self) -> None:
        """Go on by SMS, as an agent may choose to; an organization can have that switched off."""
        try:
            self._stand_in.server.api("POST", f"/contacts/{self._contact}/sms", {})
        except ServerTrouble as trouble:
            if trouble.status != 409:
                raise
            self.run.tell(f"SMS is not offered: {trouble.code}.")
        else:
            self.run.tell("SMS is offered: a conversation by SMS is open, nothing was sent yet.")

    def _add_contact(self) -> dict[str, Any]:
        given = {"name": f"Scenario {self.run.number}", "phone": self._phone}
        try:
            return self._stand_in.server.api("POST", "/contacts", given)
        except ServerTrouble as trouble:
            if trouble.code != "contact_exists":
                raise
        # The server remembers contacts of earlier days; the stand-in does not.
        raise Stuck(f"{self._phone} is a contact already. Try once more: another will be taken.")

    def _state(self) -> dict[str, Any]:
        return self._stand_in.server.api("GET", f"/conversations/{self._talk}")

    def _hear(self, **doing: Any) -> None:
        customer = self._stand_in.customers.named(self._phone).whatsapp
        business = usual_business(self._stand_in, self._phone, WHATSAPP)
        hear(self._stand_in, Heard(customer, business, **doing))

    def _arrived(self) -> list[Message]:
        said = messages_with(self._stand_in, self._phone)
        return [one for one in said if one.status in ("delivered", "read")]

    def _arrival(self) -> Message | None:
        """The next message on the phone that was not looked at before."""
        arrived = self._arrived()
        if len(arrived) <= self._seen:
            return None
        self._seen += 1
        return arrived[self._seen - 1]

    def _await(self, look: Callable[[], Found | None], otherwise: str) -> Found:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.is_forgotten:
                raise Stuck("The stand-in has started afresh.")
            found = look()
            if found:
                return found
            time.sleep(_PAUSE)
        raise Stuck(f"Waited {PATIENCE:.0f} seconds in vain: {otherwise}.")


def _fresh_phone(stand_in: StandIn) -> str:
    known = {customer.phone for customer in stand_in.customers.everybody()}
    while True:
        # 555-01xx is what the numbers with a fixed behaviour use.
        phone = f"+1202555{_dice.randint(2000, 9999)}"
        if phone not in known:
            return phone
