"""Files that were sent along, for those who have signed in."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from bot.console.desk import Desk, Visit
from bot.conversations import attachments
from bot.conversations.attachments import Forgotten
from bot.messaging.media import as_answer


def add_to(blueprint: Blueprint, desk: Desk) -> None:
    """Add the address of a file."""

    @blueprint.get("/attachments/<uuid:attachment_id>", endpoint="attachment")
    def show(attachment_id: UUID) -> ResponseReturnValue:
        """Show a picture, or hand out any other file to be saved."""
        return desk.read(lambda visit: _show(visit, attachment_id))


def _show(visit: Visit, attachment_id: UUID) -> ResponseReturnValue:
    key = (visit.member.organization_id, attachment_id)
    try:
        return as_answer(attachments.find(visit.connection, key) or abort(404), shown=True)
    except Forgotten as error:
        abort(410, str(error))
