"""What a WSGI server, and the `flask` command, begin with."""

from __future__ import annotations

import sys

from bot.app import create_app
from bot.config import Misconfigured

try:
    app = create_app()
except Misconfigured as error:
    sys.exit(str(error))
