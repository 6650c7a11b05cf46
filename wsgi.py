"""What a WSGI server, and the `flask` command, begin with."""

from __future__ import annotations

from bot.cli import is_called, terminal
from bot.lazy import load

app = terminal() if is_called() else load("bot.app:served")()
