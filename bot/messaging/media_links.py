"""Addresses under which Twilio fetches files of ours: nobody can guess them, and they end.

They are signed, not stored: an address holds which file it leads to, and what nobody without
`SECRET_KEY` can make.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from bot.config import Settings
from bot.conversations.held import Key
from bot.store.columns import made_at

LASTS = timedelta(days=7)
"""How long after a file was kept it can be fetched: longer than any queue should stand."""


class MediaLinks:
    """Makes such addresses, and reads them."""

    def __init__(self, settings: Settings) -> None:
        key = settings.secret_key.get_secret_value() if settings.secret_key else ""
        self._signed = URLSafeSerializer(
            key, salt="media", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._house = settings.public_url

    def address(self, key: Key) -> str:
        """Where Twilio fetches a file."""
        return f"{self._house}/media/{self._signed.dumps([one.hex for one in key])}"

    def file_of(self, token: str, wall: datetime) -> Key | None:
        """Which file an address leads to; None when it is none of ours, or has ended."""
        try:
            organization, attachment = (UUID(one) for one in self._signed.loads(token))
        except BadSignature:
            return None
        ends = made_at(attachment) + LASTS
        return (organization, attachment) if wall < ends else None
