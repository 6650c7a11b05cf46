"""What a call takes to write to a contact."""

from __future__ import annotations

import mimetypes
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from bot.api.given import Given


def _address(url: str) -> str:
    urlsplit(url)
    return url


MediaUrl = Annotated[
    str, Field(pattern=r"^https://[^\s/]+/\S*$", max_length=2000), AfterValidator(_address)
]
"""An address of the web. Raises `ValueError`, as one with a bracket that stays open."""


def media_type(url: str) -> str:
    """What lies at an address, as far as its ending tells; empty when it does not."""
    return mimetypes.guess_type(urlsplit(url).path)[0] or ""


class NewMessage(Given):
    """A message to send: a `text`, a file, or a `template` (ContentSid) with its `variables`."""

    text: str | None = Field(None, min_length=1, description="at most 1,600 characters")
    media: list[MediaUrl] = Field(
        default_factory=list, max_length=1,
        description="where Twilio fetches a file that goes out, on WhatsApp. A `text` stands "
        "beneath a picture (.jpg, .png, .webp); with anything else WhatsApp would drop it.",
    )  # fmt: skip
    template: str | None = Field(None, pattern=r"^HX[0-9a-zA-Z]{32}$")
    variables: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _either(self) -> Self:
        written = self.text is not None or bool(self.media)
        if written == (self.template is not None):
            raise ValueError("give either text or media, or template")
        if self.text and self.media and not media_type(self.media[0]).startswith("image/"):
            raise ValueError("WhatsApp shows a text with pictures only: send it by itself")
        return self
