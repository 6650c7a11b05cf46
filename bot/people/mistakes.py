"""What a person asked for that cannot be."""

from __future__ import annotations


class Mistake(Exception):
    """Something was asked for that cannot be; the message says why, and what to do."""
