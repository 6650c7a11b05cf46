"""Files of ours as Twilio fetches them, once it has been told where.

https://www.twilio.com/docs/messaging/api/message-resource (MediaUrl)
"""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, abort

from bot.conversations import attachments
from bot.conversations.attachments import File, Forgotten
from bot.messaging.media_links import MediaLinks
from bot.runtime import Runtime

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
"""Whatever a file holds, a browser runs nothing of it."""


def media(runtime: Runtime) -> Blueprint:
    """`GET /media/<token>`."""
    blueprint = Blueprint("media", __name__)
    links = MediaLinks(runtime.settings)

    @blueprint.get("/media/<token>")
    def fetch(token: str) -> Response:
        """Hand a file to whoever has its address, while that lasts."""
        key = links.file_of(token, runtime.clock.wall()) or abort(404)
        try:
            with runtime.database.reading() as connection:
                return as_answer(attachments.find(connection, key) or abort(404))
        except Forgotten:
            abort(404)

    return blueprint


def as_answer(file: File, *, shown: bool = False) -> Response:
    """A file to be saved; a picture may be `shown` in a page of ours instead."""
    how = "inline" if shown and file.is_picture else "attachment"
    disposition = f"{how}; filename*=UTF-8''{quote(file.name, safe='')}"
    headers = HEADERS | {"Content-Disposition": disposition}
    return Response(file.content, content_type=file.type, headers=headers)
