"""A message of ours in the words of Twilio's API.

https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bot.config import Settings
from bot.messaging.media_links import MediaLinks

Row = Mapping[str, Any]
"""A row of the outbox."""


class Outgoing:
    """Spells rows of the outbox for one installation, whose addresses Twilio calls."""

    def __init__(self, settings: Settings) -> None:
        self._public_url = settings.public_url
        self._links = MediaLinks(settings)

    def parameters(self, message: Row) -> dict[str, Any]:
        """What a call that creates this message says, as the SDK names it."""
        parameters = {
            "to": message["to_address"],
            "from_": message["from_address"],
            "status_callback": f"{self._public_url}/twilio/status/{message['token']}",
        }
        if not message["content_sid"]:
            return parameters | self._written(message)
        variables = json.dumps(message["variables"] or {}, ensure_ascii=False)
        return parameters | {"content_sid": message["content_sid"], "content_variables": variables}

    def _written(self, message: Row) -> dict[str, Any]:
        """A text, or a file with a text beneath it or without."""
        files = message.get("media")
        if not files:
            return {"body": message["text"]}
        addresses = [self._address(message, one) for one in files]
        return {"media_url": addresses} | ({"body": message["text"]} if message["text"] else {})

    def _address(self, message: Row, file: Mapping[str, str]) -> str:
        kept = file.get("attachment")
        if not kept:
            return file["url"]
        return self._links.address((message["organization_id"], UUID(kept)))
