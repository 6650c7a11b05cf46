"""Messages out to Twilio, and what Twilio knows about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from bot.config import Settings
from bot.messaging.outgoing import Outgoing
from bot.messaging.verdicts import Verdict, verdict
from bot.messaging.wire import NeverSent, NoAnswer, Wire

MOST_LISTED = 1000
"""Messages to one recipient that are looked through."""

PAGE = 1000
"""Messages that Twilio is asked for at a time: as many as it gives."""

UNREADABLE = "Twilio answered something unreadable"


@dataclass(frozen=True, slots=True)
class Sent:
    """Twilio has taken the message and calls it `sid`."""

    sid: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Twilio has not taken it: `verdict` says whether it may be tried again."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether Twilio has taken it: it must be looked for before it is sent again."""

    words: str


Outcome = Sent | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as Twilio lists it."""

    sid: str
    direction: str
    sender: str
    recipient: str
    text: str
    status: str
    error_code: int | None
    created_at: datetime
    media: int


class Gateway:
    """One account at Twilio, or at a stand-in. Raises `Misconfigured` when settings are missing."""

    def __init__(self, settings: Settings) -> None:
        settings.require_all()
        self._client = _client(settings)
        self._outgoing = Outgoing(settings)

    def send(self, message: Mapping[str, Any]) -> Outcome:
        """Hand a message over; the row's `token` is in the address that its fate is reported to."""
        try:
            created = self._client.messages.create(**self._outgoing.parameters(message))
        except NeverSent as error:
            return Refused(Verdict(None, "retry", str(error)))
        except NoAnswer as error:
            return Unknown(str(error))
        except ValueError:
            return Unknown(UNREADABLE)
        except TwilioException as error:
            return _outcome(error)
        return Sent(str(created.sid))

    def sent_to(self, recipient: str, sender: str, since: datetime) -> list[Listed]:
        """The messages of ours to one recipient that Twilio made since then, oldest first.

        Raises `TwilioException`, `NeverSent` or `NoAnswer` when the list cannot be had.
        """
        listed = self._listed(to=recipient, from_=sender)
        return _oldest_first(
            one for one in listed if one.direction != "inbound" and one.created_at >= since
        )

    def received_by(self, sender: str, since: datetime) -> list[Listed]:
        """The messages that contacts sent to one of our senders since then, oldest first.

        All of them, however many: Twilio lists the newest first, and what was lost lies behind.
        """
        listed = self._listed(most=None, to=sender, date_sent_after=since)
        return _oldest_first(
            one for one in listed if one.direction == "inbound" and one.created_at >= since
        )

    def fetch(self, sid: str) -> Listed:
        """One message as Twilio knows it now."""
        return _listing(self._client.messages(sid).fetch())

    def content(self, sid: str) -> tuple[Any, Any]:
        """A template and the state of its approval, as Twilio shows them; raises what lists do."""
        wanted = self._client.content.v1.contents(sid)
        try:
            return wanted.fetch(), wanted.approval_fetch().fetch()
        except ValueError as error:
            raise NoAnswer(UNREADABLE) from error

    def contents(self, most: int) -> list[Any]:
        """The account's templates with their approvals; raises what `content` does."""
        try:
            return list(self._client.content.v1.content_and_approvals.list(limit=most))
        except ValueError as error:
            raise NoAnswer(UNREADABLE) from error

    def _listed(self, most: int | None = MOST_LISTED, **filters: Any) -> list[Listed]:
        try:
            found = self._client.messages.stream(**filters, limit=most, page_size=PAGE)
            return [_listing(one) for one in found]
        except ValueError as error:  # a proxy's page in place of JSON
            raise NoAnswer(UNREADABLE) from error


def _client(settings: Settings) -> Client:
    wire = Wire(settings.twilio_api_url, settings.twilio_timeout, settings.outbox_threads + 4)
    account = settings.twilio_account_sid
    if settings.twilio_api_key and settings.twilio_api_secret:
        secret = settings.twilio_api_secret.get_secret_value()
        return Client(settings.twilio_api_key, secret, account, http_client=wire)
    token = settings.twilio_auth_token[0].get_secret_value()
    return Client(account, token, http_client=wire)


def _outcome(error: TwilioException) -> Outcome:
    status = int(getattr(error, "status", 0) or 0)
    code = getattr(error, "code", None)
    words = str(getattr(error, "msg", "") or getattr(error, "detail", "") or "")
    if status == 429:
        return Refused(verdict(20429))
    if status == 401:
        return Refused(verdict(20003))
    if 400 <= status < 500:
        return Refused(verdict(int(code) if code else None, words))
    return Unknown(f"Twilio answered {status or 'something unreadable'}")


def _oldest_first(listed: Iterable[Listed]) -> list[Listed]:
    """Turned round first: dates have whole seconds, and the newest stands first in each of them."""
    turned = list(listed)
    turned.reverse()
    return sorted(turned, key=lambda one: one.created_at)


def _listing(one: Any) -> Listed:
    return Listed(
        sid=one.sid,
        direction=one.direction,
        sender=one.from_,
        recipient=one.to,
        text=one.body or "",
        status=str(one.status),
        error_code=int(one.error_code) if one.error_code else None,
        created_at=one.date_created,
        media=int(one.num_media or 0),
    )


__all__ = [
    "Gateway", "Listed", "NeverSent", "NoAnswer", "Outcome", "Refused", "Sent",
    "TwilioException", "TwilioRestException", "Unknown",
]  # fmt: skip
