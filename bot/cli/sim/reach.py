"""Which stand-in the commands speak with, and never one beside a live account."""

from __future__ import annotations

from typing import Any

import click

from bot.cli.runtime import current_runtime
from bot.cli.words import Noun
from bot.config import STAND_IN, TWILIO, Settings
from bot.people.mistakes import Mistake
from bot.simulator.remote import NotDone, NotReached, Remote
from bot.simulator.terminal import Unreadable

URL = "bot.cli.sim.url"
LIVE = (
    "These settings are of a live Twilio account: {sid} at {url}. The stand-in never runs beside "
    "one, so that no made-up message reaches a real person. Set SIMULATOR=1, or point "
    "TWILIO_API_URL at a stand-in."
)


class Sim(Noun):
    """Commands that speak with the stand-in, and say in words what it will not do."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was called."""
        try:
            return super().invoke(ctx)
        except (NotReached, NotDone, Unreadable) as trouble:
            raise click.ClickException(str(trouble)) from None


def current_settings() -> Settings:
    """The settings that `flask` was started with."""
    return current_runtime().settings


def refuse_live(settings: Settings) -> None:
    """Make sure that these are not the settings of a live account. Raises `Mistake`."""
    is_live = settings.twilio_account_sid and "twilio.com" in settings.twilio_api_url
    if is_live:
        raise Mistake(LIVE.format(sid=settings.twilio_account_sid, url=settings.twilio_api_url))


def reach() -> Remote:
    """The stand-in that the command is about; none beside a live account. Raises `Mistake`."""
    refuse_live(current_settings())
    configured = current_settings().twilio_api_url
    usual = STAND_IN if configured == TWILIO else configured
    return Remote(click.get_current_context().meta.get(URL) or usual)
