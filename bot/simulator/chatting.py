"""A conversation in a terminal: what was typed is done, what arrives is shown."""

import time
from collections.abc import Callable
from typing import Any, Final

from bot.simulator.remote import NotDone, Remote
from bot.simulator.terminal import chat_line

HELP: Final = (
    "Type to write. /1 /2 … taps a button, /photo /voice /document /card /place send those, "
    "/wait 24h moves the time, /quit ends."
)
FILES: Final[dict[str, dict[str, Any]]] = {
    "/photo": {"media": [{"content_type": "image/jpeg"}]},
    "/voice": {"media": [{"content_type": "audio/ogg"}]},
    "/document": {"text": "yes.pdf", "media": [{"content_type": "application/pdf"}]},
    "/card": {"media": [{"content_type": "text/vcard"}]},
    "/place": {"location": {"latitude": "52.5163", "longitude": "13.3777"}},
}
_QUIET: Final = 1.0
_LONGEST: Final = 20.0

Say = Callable[[str], None]


class Chat:
    """One customer's side of a conversation."""

    def __init__(self, remote: Remote, phone: str, say: Say, sms: bool = False) -> None:
        """Take the phone of a customer; `say` prints a line."""
        self._remote = remote
        self._address = phone if sms else f"whatsapp:{phone}"
        self._phone = phone
        self._say = say
        self._shown: dict[str, str] = {}
        remote.customer(phone)

    def show_new(self) -> bool:
        """Print what was said or became of it since the last look; says whether there was any."""
        found = self._remote.call("GET", f"/messages?customer={self._phone.replace('+', '%2B')}")
        is_new = False
        for message in found["messages"]:
            line = chat_line(message)
            if line is None or line == self._shown.get(message["sid"]):
                continue
            self._say(line)
            self._shown[message["sid"]] = line
            is_new = True
        return is_new

    def do(self, typed: str) -> None:
        """Do what a line says: write it, or carry out what begins with a slash."""
        word, _, rest = typed.strip().partition(" ")
        if not typed.strip():
            return
        try:
            self._do(word, rest.strip(), typed.rstrip("\n"))
        except NotDone as trouble:
            self._say(f"  ({trouble})")

    def settle(self) -> None:
        """Wait until nothing more happens, and show it: for input that is not typed by hand."""
        end = time.monotonic() + _LONGEST
        quiet_since = time.monotonic()
        while time.monotonic() < min(end, quiet_since + _QUIET):
            busy = self._remote.get("/health")["unfinished"] > 0
            if self.show_new() or busy:
                quiet_since = time.monotonic()
            time.sleep(0.1)

    def _do(self, word: str, rest: str, typed: str) -> None:
        if word in FILES:
            self._hear(**FILES[word])
        elif word == "/help":
            self._say(HELP)
        elif word[:1] == "/" and word[1:].isdecimal():
            self._tap(int(word[1:]))
        elif word == "/wait":
            clock = self._remote.post("/clock", advance_seconds=_seconds(rest))
            self._say(f"  (it is {clock['now'][:16]})")
        else:
            self._hear(text=typed)

    def _hear(self, **doing: Any) -> None:
        self._remote.post("/inbound", **{"from": self._address}, **doing)

    def _tap(self, number: int) -> None:
        found = self._remote.get(f"/messages?customer={self._phone.replace('+', '%2B')}")
        offers = [one for one in found["messages"] if one["buttons"]]
        buttons = offers[-1]["buttons"] if offers else []
        if not 0 < number <= len(buttons):
            raise NotDone(f"There is no button {number}.")
        self._remote.post("/tap", **{"from": self._phone}, button=buttons[number - 1]["payload"])


def _seconds(text: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
    if text[:-1].isdecimal() and text[-1] in units:
        return float(text[:-1]) * units[text[-1]]
    raise NotDone("Write it like /wait 24h, /wait 15m or /wait 90s.")
