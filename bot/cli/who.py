"""Who types the command."""

from __future__ import annotations

import getpass


def logged_in() -> str:
    """The name of whoever is logged in to this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # In a container the user may have a number and no name.
        return "operator"
