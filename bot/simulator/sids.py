"""Identifiers in Twilio's form: two letters that name the kind, then 32 hexadecimal digits."""

import re
import uuid

_FORM = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


def new_sid(kind: str) -> str:
    """Make a fresh sid such as SM… (text), MM… (media or content), HX… (template)."""
    return kind + uuid.uuid4().hex


def is_sid(text: str, kind: str) -> bool:
    """Say whether the text has the form of a sid of that kind."""
    return text.startswith(kind) and _FORM.fullmatch(text) is not None
