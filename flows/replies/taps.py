"""What a tap on a quick-reply button means, decided on its id.

Only ids whose every part is known count: `optin_yes` is a yes, `opt_out_yes` is not, and an id of
somebody else's making leaves the decision to the button's title.
"""

from __future__ import annotations

import re
from typing import Literal

Tapped = Literal["yes", "no", "stop"]

_PART = re.compile(r"[^\W_]+")
_VERDICTS: dict[str, Tapped] = {
    "yes": "yes", "accept": "yes", "accepted": "yes", "agree": "yes", "agreed": "yes",
    "allow": "yes", "approve": "yes", "confirm": "yes",
    "no": "no", "decline": "no", "declined": "no", "deny": "no", "disagree": "no",
    "refuse": "no", "reject": "no",
    "stop": "stop", "unsubscribe": "stop", "optout": "stop",
}  # fmt: skip
_NAMES = frozenset({
    "opt", "in", "optin", "consent", "whatsapp", "sms", "reply", "answer", "button", "btn",
    "request", "ask", "assent", "flow", "id",
})  # fmt: skip


def tapped(payload: str) -> Tapped | None:
    """Read a button's id, such as `optin_yes`; `None` when it is not one of ours."""
    *names, verdict = _PART.findall(payload.casefold()) or [""]
    if [*names[-1:], verdict] == ["opt", "out"]:
        names, verdict = names[:-1], "optout"
    if all(name in _NAMES or name.isdecimal() for name in names):
        return _VERDICTS.get(verdict)
    return None
