"""Something to try the server with: an organization, senders, people who answer by script."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.conversations.wording import word
from bot.people import accounts, organizations
from bot.people.address_book import add
from bot.people.contact_file import Newcomer

NAME = "Demo"
SIMULATOR = "simulator"
WHATSAPP, SMS = "whatsapp:+12025550199", "+12025550198"
TEMPLATE = "HX" + "de" * 16

PEOPLE = {
    "+12025550101": "Answers yes",
    "+12025550102": "Answers no",
    "+12025550107": "Taps yes",
    "+12025550108": "Taps no",
    "+12025550103": "Never answers",
    "+12025550104": "Not on WhatsApp",
    "+12025550106": "Opted out at WhatsApp",
    "+12025550150": "Answers when you do it",
}
"""Numbers that the stand-in knows, and what they do."""


def furnish(connection: Connection, now: datetime) -> bool:
    """Add the demo organization when there is no organization yet; says whether it was added."""
    if organizations.everyone(connection):
        return False
    house = organizations.add(connection, NAME, whatsapp=True, sms="disclaimer", now=now)
    organizations.add_sender(connection, house, WHATSAPP, {"en": TEMPLATE}, now)
    organizations.add_sender(connection, house, SMS, {}, now)
    newcomers = [Newcomer(0, name, phone, "en") for phone, name in PEOPLE.items()]
    add(connection, house, newcomers, now)
    return True


def simulators_token(connection: Connection, now: datetime) -> str:
    """A token for the stand-in to play its scenarios with; that of an earlier start ends."""
    owner = organizations.everyone(connection)[0].id
    for token in accounts.tokens(connection, owner):
        if token.name == SIMULATOR and token.revoked_at is None:
            accounts.revoke_token(connection, token.id, now)
    return accounts.add_token(connection, owner, SIMULATOR, now)


def templates(connection: Connection) -> dict[str, dict[str, Any]]:
    """What the request's templates of all senders say, by ContentSid, as the Content API has it."""
    return {
        sid: _template(language)
        for sender in organizations.senders(connection)
        for language, sid in sender.templates.items()
    }


def _template(language: str) -> dict[str, Any]:
    # The template's first variable is the organization's name.
    body = word("ask", "contact", language, business="{{1}}").text
    buttons = [
        {"type": "QUICK_REPLY", "title": title, "id": title.lower()} for title in ("Yes", "No")
    ]
    return {
        "friendly_name": "opt-in request",
        "language": language,
        "variables": {"1": NAME},
        "types": {"twilio/quick-reply": {"body": body, "actions": buttons}},
    }
