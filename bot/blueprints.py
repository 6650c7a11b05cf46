"""What sets one part of the web apart from the others."""

from __future__ import annotations

from flask import Blueprint


class ForPrograms(Blueprint):
    """Addresses whose answers a program reads, thousands in a minute.

    They carry none of the headers by which a browser protects people.
    """
