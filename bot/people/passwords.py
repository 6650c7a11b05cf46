"""Passwords: made, hashed with Argon2id, and held against what was typed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.people.mistakes import Mistake
from bot.people.weak_passwords import is_weak

SHORTEST, LONGEST = 12, 200
"""NIST SP 800-63B: length is what counts; a longest one keeps hashing cheap."""

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Those that nobody takes for another when a password is read aloud."""

_hasher = PasswordHasher()


def one_time() -> str:
    """Make a password for the first time somebody signs in: four groups of five, 99 bits."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def hashed(password: str) -> str:
    """The Argon2id hash of a password, with the salt and cost it was made with."""
    return _hasher.hash(password.encode("utf-8", "surrogateescape"))


def fits(known: str, password: str) -> bool:
    """Whether this is the password of a hash."""
    try:
        return _hasher.verify(known, password.encode("utf-8", "surrogateescape"))
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobodys() -> str:
    """The hash of a password that nobody knows, to be as slow for accounts that do not exist."""
    return _hasher.hash(secrets.token_urlsafe(16))


def read_new(password: str, names: Iterable[str] = ()) -> str:
    """Take a password that somebody chose. Raises `Mistake`.

    It may be neither too short or too long, nor made of common words and the `names` at hand.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Mistake(f"A password has {SHORTEST} to {LONGEST} characters.")
    if is_weak(password, names):
        raise Mistake(
            "This password would be guessed: it is made of common words, rows of keys or names. "
            "Take a few words that have nothing to do with each other."
        )
    return password
