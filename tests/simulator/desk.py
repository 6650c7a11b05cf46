"""The stand-in as a test uses it: the official client on one side, the control API on the other."""

import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

ACCOUNT = "AC" + "1" * 32
TOKEN = "a-token"
KEY = "SK" + "2" * 32
SECRET = "a-secret"

WHATSAPP = "whatsapp:+14155238886"
SMS = "+15005550006"
TEMPLATE = "HX" + "3" * 32

LIST = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

PERSON = "+12025550199"
SAYS_YES = "+12025550101"
SAYS_NO = "+12025550102"
SILENT = "+12025550103"
NOT_ON_WHATSAPP = "+12025550104"
TAPS_YES = "+12025550107"
TAPS_NO = "+12025550108"


class Redirected(TwilioHttpClient):  # type: ignore[misc]  # the package ships no types
    """Sends every request of the official client to the stand-in instead of to Twilio."""

    def __init__(self, url: str, timeout: float = 30.0) -> None:
        super().__init__(timeout=timeout)
        self._stand_in = urlsplit(url)
        self.session.trust_env = False

    def request(self, method: str, url: str, *more: Any, **options: Any) -> Response:
        parts = urlsplit(url)._replace(scheme=self._stand_in.scheme, netloc=self._stand_in.netloc)
        return super().request(method, urlunsplit(parts), *more, **options)


class Desk:
    """One stand-in, by its URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = self.client_as(ACCOUNT, TOKEN)
        self._session = requests.Session()
        self._session.trust_env = False

    def client_as(self, name: str, password: str, timeout: float = 30.0) -> Client:
        return Client(name, password, ACCOUNT, http_client=Redirected(self.url, timeout))

    def raw(self, method: str = "GET", path: str = LIST, **more: Any) -> requests.Response:
        return requests.request(method, self.url + path, auth=(ACCOUNT, TOKEN), timeout=30, **more)

    def control(self, method: str, path: str, json: Any = None, expect: int = 0) -> Any:
        answer = self._session.request(method, f"{self.url}/control{path}", json=json, timeout=30)
        wanted = expect or (answer.status_code if answer.ok else 200)
        assert answer.status_code == wanted, answer.text
        return answer.json() if answer.content else None

    def send(self, to: str, text: str = "", **more: Any) -> Any:
        sender = more.pop("from_", WHATSAPP if to.startswith("whatsapp:") else SMS)
        content = {"body": text} if text else {"content_sid": TEMPLATE}
        return self.client.messages.create(to=to, from_=sender, **content, **more)

    def ask(self, phone: str, **more: Any) -> Any:
        return self.send(f"whatsapp:{phone}", **more)

    def hears(self, phone: str, text: str = "", to: str = WHATSAPP, **more: Any) -> Any:
        prefix = "whatsapp:" if to.startswith("whatsapp:") else ""
        said = {"from": prefix + phone, "to": to, "text": text, **more}
        return self.control("POST", "/inbound", said)

    def chaos(self, fault: str, **more: Any) -> None:
        self.control("POST", "/chaos", {"fault": fault, **more})

    def customer(self, phone: str, **changes: Any) -> Any:
        return self.control("PUT", f"/customers/{phone}", changes)

    def waits(self, hours: float) -> None:
        self.control("POST", "/clock", {"advance_seconds": hours * 3600})

    def settles(self, seconds: float = 30.0) -> "Desk":
        deadline = time.monotonic() + seconds
        while self.control("GET", "/health")["unfinished"] and time.monotonic() < deadline:
            time.sleep(0.005)
        return self

    def answered(self, count: int, seconds: float = 30.0) -> list[dict[str, Any]]:
        """Wait until so many REST requests have been answered, and show them."""
        deadline = time.monotonic() + seconds
        while True:
            log = self.control("GET", "/wire")["exchanges"]
            done = [one for one in log if one["direction"] == "in"]
            if len(done) >= count or time.monotonic() > deadline:
                return done
            time.sleep(0.01)

    def messages(self) -> list[dict[str, Any]]:
        return list(self.control("GET", "/messages")["messages"])

    def transcript(self) -> list[tuple[str, str, str]]:
        """Who spoke, what was seen, and how it ended: one line a message."""
        return [
            ("us" if one["direction"] == "outbound-api" else "them", one["shown"], one["status"])
            for one in self.settles().messages()
        ]

    def fate(self, sid: str) -> tuple[str, int | None]:
        shown = next(one for one in self.settles().messages() if one["sid"] == sid)
        return shown["status"], shown["error_code"]

    def statuses(self, sid: str) -> list[str]:
        shown = next(one for one in self.settles().messages() if one["sid"] == sid)
        return [step["status"] for step in shown["history"]]
