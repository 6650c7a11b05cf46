"""`flask replies`: what a reply means. Needs no settings and no database."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from bot.cli.printing import as_text
from flows.replies import Heard
from flows.replies import read as read_reply


@click.group()
def replies() -> None:
    """What a reply means."""


@replies.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option("--language", default="en", show_default=True, help="The contact's language.")
def read(texts: tuple[str, ...], language: str) -> None:
    """Say what each TEXT means, a JSON line each; without any, a text a line on standard input."""
    for text in [_readable(text) for text in texts] or _lines():
        reading = read_reply(Heard(text=text), language)
        found = {"meaning": reading.meaning, "rule": reading.rule, "list": reading.words}
        click.echo(as_text({"text": text, **found}))


def _lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")


def _readable(text: str) -> str:
    """An argument that is no UTF-8 comes as surrogates, which cannot be printed."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
