"""Our own application in which no two messages share a commit."""

from __future__ import annotations

from bot.app import create_app
from bot.store import together

together.MOST = 1
app = create_app()
