"""Sending what an agent wrote, once: a text, a file, or both."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bot.console import once
from bot.console.conversation import asks_for_part, find, page
from bot.console.desk import Desk, Visit
from bot.console.forms import content, file_name
from bot.console.words import reason_word
from bot.conversations import attachments, letters
from bot.conversations.actions import Refusal, why_not_media
from bot.conversations.attachments import LARGEST, File
from bot.conversations.held import Held
from bot.conversations.letters import Letter
from bot.people.mistakes import Mistake

NOTHING = "There is nothing to send: write something first, or attach a file."
TOO_LONG = f"A message has at most {letters.LONGEST_TEXT} characters."
CHOOSE_AGAIN = "Nothing was sent. Choose the file again if it should go along."


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add what the form below a conversation is sent to."""

    @blueprint.post("/conversations/<uuid:conversation_id>/messages", endpoint="send")
    def send(conversation_id: UUID) -> ResponseReturnValue:
        """Send what was written, the file that goes along, or both."""
        return desk.write(lambda visit: _send(desk, visit, conversation_id))


def deliver(desk: Desk, visit: Visit, *written: Letter) -> ResponseReturnValue:
    """Queue messages once; or the conversation as it is now, with why not and what was typed."""
    key = written[0].conversation
    if once.is_first(visit.connection, key[0], request.form.get("key", ""), visit.now):
        for letter in written:
            result = letters.write(visit.connection, letter, visit.now)
            if isinstance(result, Refusal):
                words = f"Your message was not sent. {reason_word(result.reason).says}"
                return page(desk, visit, find(visit, key[1]), words, letter.text, 409)
    if asks_for_part():
        return page(desk, visit, find(visit, key[1]))
    return desk.to("conversation", conversation_id=key[1])


def _send(desk: Desk, visit: Visit, conversation_id: UUID) -> ResponseReturnValue:
    found = find(visit, conversation_id)
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\0", "").strip()
    try:
        file = _file()
        if not (text or file):
            raise Mistake(NOTHING)
        if not letters.fits(text):
            raise Mistake(f"{TOO_LONG} {CHOOSE_AGAIN}" if file else TOO_LONG)
    except Mistake as error:
        return page(desk, visit, found, str(error), text, 422)
    if file is None:
        return deliver(desk, visit, Letter(found.key, visit.member.email, text))
    return _send_file(desk, visit, found, file, text)


def _file() -> File | None:
    name = file_name()
    return attachments.read_file(name, content(LARGEST)) if name else None


def _send_file(desk: Desk, visit: Visit, found: Held, file: File, text: str) -> ResponseReturnValue:
    """Send a file with its text beneath it; behind it where WhatsApp would drop the text."""
    refusal = why_not_media(found, visit.now)
    if refusal:
        words = f"Your message was not sent. {reason_word(refusal.reason).says}"
        return page(desk, visit, found, words, text, 409)
    kept = attachments.keep(visit.connection, found.key, file, visit.now)
    author = visit.member.email
    if file.is_picture or not text:
        return deliver(desk, visit, Letter(found.key, author, text, media=kept))
    behind = Letter(found.key, author, text)
    return deliver(desk, visit, Letter(found.key, author, media=kept), behind)
