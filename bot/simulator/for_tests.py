"""A stand-in for Twilio in the tests of any project, in whatever they are written with.

@pytest.fixture(scope="session")
def running():
    with stand_in_for_tests() as twilio:
        yield twilio

@pytest.fixture
def twilio(running):
    running.forget()
    return running
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from bot.simulator.account import Account
from bot.simulator.remote import Remote
from bot.simulator.served import served

ACCOUNT: Final = Account("AC" + "0" * 31 + "1", "simulated")
_QUICK: Final = {"queued": 0.0, "sent": 0.0, "delivered": 0.0, "read": 0.0, "answer": 0.0}


class Twilio:
    """The stand-in as a test uses it: where it is, whose account it plays, what customers do."""

    account_sid = ACCOUNT.sid
    auth_token = ACCOUNT.auth_token

    def __init__(self, url: str) -> None:
        """Speak with the stand-in at this address."""
        self.url = url
        self.control = Remote(url)

    def forget(self) -> None:
        """Remember nothing of what was, and be quick."""
        self.control.post("/reset")
        self.control.put("/settings", webhook=None, pace=_QUICK)

    def send_webhooks_to(self, url: str) -> None:
        """Post customers' messages to this address; a fragment like `#rc=3&rp=all` is obeyed."""
        self.control.put("/settings", webhook=url)

    def hears(self, phone: str, text: str, **more: Any) -> Any:
        """Let a customer write on WhatsApp; shows the message's sid and the webhook's answer."""
        return self.control.post("/inbound", **{"from": f"whatsapp:{phone}"}, text=text, **more)

    def taps(self, phone: str, button: str) -> Any:
        """Let a customer tap a button of the newest message that has any."""
        return self.control.post("/tap", **{"from": phone}, button=button)

    def messages(self) -> list[dict[str, Any]]:
        """Return everything said so far, oldest first."""
        return list(self.control.get("/messages")["messages"])

    def chaos(self, fault: str, **how: Any) -> None:
        """Let something go wrong: `next=1` or `probability=0.5`."""
        self.control.post("/chaos", fault=fault, **how)


@contextmanager
def stand_in_for_tests(port: int = 0) -> Iterator[Twilio]:
    """Run a stand-in in a thread until the end of the block, on a free port unless one is given."""
    with served(ACCOUNT, port) as url:
        twilio = Twilio(url)
        twilio.forget()
        yield twilio
