"""`flask chat`: a customer's side of a conversation, in the terminal."""

from __future__ import annotations

import sys
from threading import Event, Thread

import click
from flask.cli import with_appcontext

from bot.cli.sim.reach import URL, reach
from bot.cli.words import in_words
from bot.simulator.chatting import HELP, Chat
from bot.simulator.remote import NotDone, NotReached

PAUSE = 0.4


@click.command()
@click.argument("phone")
@click.option("--sms", is_flag=True, help="By SMS instead of WhatsApp.")
@click.option("--url", envvar="SIMULATOR_URL", help="Where the stand-in is, if not where usual.")
@with_appcontext
def chat(phone: str, sms: bool, url: str | None) -> None:
    """Be the customer PHONE: what you type is sent, what arrives is shown."""
    with in_words():
        click.get_current_context().meta[URL] = url
        try:
            _talk(Chat(reach(), phone, click.echo, sms), phone)
        except (NotReached, NotDone) as trouble:
            raise click.ClickException(str(trouble)) from None


def _talk(talk: Chat, phone: str) -> None:
    click.echo(f"You are {phone}. {HELP}")
    talk.show_new()
    ended = Event()
    watcher = Thread(target=_watch, args=(talk, ended), daemon=True)
    if sys.stdin.isatty():
        watcher.start()
    for line in sys.stdin:
        if line.strip() == "/quit":
            break
        talk.do(line)
        if not watcher.is_alive():
            talk.settle()
    ended.set()


def _watch(talk: Chat, ended: Event) -> None:
    """Show what arrives while the person types."""
    while not ended.wait(PAUSE):
        try:
            talk.show_new()
        except NotReached as trouble:
            click.echo(f"  ({trouble})", err=True)
            return
