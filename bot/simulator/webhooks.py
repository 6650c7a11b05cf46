"""Signed webhooks: what Twilio posts to a server, and how often it tries.

https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urlencode

import requests
from requests.adapters import HTTPAdapter
from twilio.request_validator import RequestValidator
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.simulator.overrides import CONNECT, READ, Overrides, overrides

SIGNATURE = "X-Twilio-Signature"
IDEMPOTENCY_TOKEN = "I-Twilio-Idempotency-Token"  # noqa: S105 - a header

_FORM = "application/x-www-form-urlencoded"
_threads = threading.local()


@dataclass(frozen=True, slots=True)
class Webhook:
    """One signed request: the URL without its fragment, form parameters, headers, overrides."""

    url: str
    params: dict[str, str]
    headers: dict[str, str]
    connection: Overrides = field(default_factory=Overrides)
    verdict: str = "signed"

    @property
    def body(self) -> str:
        """The form as it goes over the wire."""
        return urlencode(self.params)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status (None: nothing), body, or the error and its kind (ct or rt)."""

    status: int | None
    body: str
    milliseconds: float
    attempt: int = 1
    error: str | None = None
    kind: str | None = None

    @property
    def failure(self) -> str | None:
        """The kind of failure in the words of `rp`: ct, rt, 4xx, 5xx; None is success."""
        if self.status is None:
            return self.kind
        return f"{self.status // 100}xx" if self.status >= 400 else None

    def as_json(self) -> dict[str, Any]:
        """Show the answer to whoever caused the webhook."""
        return asdict(self)


Note = Callable[[Webhook, Answer], None]


def sign(auth_token: str, url: str, params: Mapping[str, str], charset: str = "") -> Webhook:
    """Make the signed request for a URL as configured, with its fragment."""
    bare = urldefrag(url).url
    headers = {
        "Content-Type": _FORM + charset,
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        SIGNATURE: str(RequestValidator(auth_token).compute_signature(bare, params)),
        IDEMPOTENCY_TOKEN: str(uuid.uuid4()),
    }
    return Webhook(bare, dict(params), headers, overrides(url))


def repeated(url: str, body: str, headers: Mapping[str, str]) -> Webhook:
    """Make a request again as it was on the wire, with the signature it had then."""
    params = dict(parse_qsl(body, keep_blank_values=True))
    verdict = "signed" if SIGNATURE in headers else "unsigned"
    return Webhook(url, params, dict(headers), verdict=verdict)


def tampered(webhook: Webhook, what: str) -> Webhook:
    """Spoil a signed request: change a parameter, or `signature`, or drop it: `no signature`."""
    if what == "no signature":
        headers = {name: text for name, text in webhook.headers.items() if name != SIGNATURE}
        return replace(webhook, headers=headers, verdict="unsigned")
    if what == "signature":
        forged = webhook.headers | {SIGNATURE: webhook.headers[SIGNATURE][::-1]}
        return replace(webhook, headers=forged, verdict="tampered")
    changed = webhook.params | {what: webhook.params.get(what, "") + "x"}
    return replace(webhook, params=changed, verdict="tampered")


def post(webhook: Webhook, note: Note) -> Answer:
    """Post a webhook, retrying as its overrides say; `note` is told of every attempt."""
    started = time.monotonic()
    attempts = 1 + webhook.connection.retries
    for attempt in range(1, attempts + 1):
        remaining = webhook.connection.total - (time.monotonic() - started)
        answer = replace(_attempt(webhook, remaining), attempt=attempt)
        note(webhook, answer)
        if not webhook.connection.retries_after(answer.failure) or _is_spent(webhook, started):
            break
    return answer


def _is_spent(webhook: Webhook, started: float) -> bool:
    return time.monotonic() - started >= webhook.connection.total


def _attempt(webhook: Webhook, remaining: float) -> Answer:
    started = time.perf_counter()
    try:
        answer = _session().post(
            webhook.url,
            data=webhook.body.encode(),
            headers=webhook.headers,
            timeout=_timeouts(webhook.connection, remaining),
        )
    except (requests.RequestException, ValueError) as error:
        return Answer(None, "", _since(started), error=str(error), kind=_kind(error))
    return Answer(answer.status_code, answer.text, _since(started))


def _timeouts(connection: Overrides, remaining: float) -> tuple[float, float]:
    remaining = max(remaining, 0.001)
    return min(connection.connect, remaining), min(connection.read, remaining)


def _kind(error: Exception) -> str:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError):
        return CONNECT
    cause = error.args[0] if error.args else None
    refused = isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
    return CONNECT if refused else READ


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)


def _session() -> requests.Session:
    """One session per thread: proxies and .netrc of the machine must not touch a webhook."""
    if not hasattr(_threads, "session"):
        session = requests.Session()
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=0))
        _threads.session = session
    found: requests.Session = _threads.session
    return found
