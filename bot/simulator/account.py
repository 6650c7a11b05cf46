"""The Twilio account the stand-in plays: who may call it and with whose token it signs."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass


class MissingSetting(RuntimeError):
    """TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set for the stand-in."""

    def __init__(self) -> None:
        """Say what is missing."""
        super().__init__(self.__doc__)


class LiveAccount(RuntimeError):
    """The settings are those of a live Twilio account, and a stand-in never runs beside one.

    Unset TWILIO_API_URL, or set it to the stand-in's own address, and choose made-up credentials.
    """

    def __init__(self) -> None:
        """Say what is wrong and what to do."""
        super().__init__(" ".join(str(self.__doc__).split()))


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its sid, the token that signs webhooks, and optionally an API key."""

    sid: str
    auth_token: str
    api_key: str | None = None
    api_secret: str | None = None

    def admits(self, name: str | None, password: str | None) -> bool:
        """Say whether Basic credentials are the account's own or its API key's."""
        own = _same(name, self.sid) and _same(password, self.auth_token)
        key = _same(name, self.api_key) and _same(password, self.api_secret)
        return own or key


def account_from(environment: Mapping[str, str]) -> Account:
    """Read the account from environment variables.

    Raise MissingSetting without sid or token, LiveAccount beside Twilio's own address. Of several
    comma-separated tokens the first signs: Twilio signs with the primary one.
    """
    if "twilio.com" in environment.get("TWILIO_API_URL", ""):
        raise LiveAccount
    sid = environment.get("TWILIO_ACCOUNT_SID", "").strip()
    token = environment.get("TWILIO_AUTH_TOKEN", "").split(",")[0].strip()
    if not sid or not token:
        raise MissingSetting
    return Account(
        sid,
        token,
        environment.get("TWILIO_API_KEY") or None,
        environment.get("TWILIO_API_SECRET") or None,
    )


def _same(given: str | None, expected: str | None) -> bool:
    if given is None or not expected:
        return False
    return hmac.compare_digest(given.encode(), expected.encode())
