"""The stand-in in a terminal: a line per request, a line per message, switches as typed."""

import re
from typing import Any, Final
from urllib.parse import parse_qsl

_OFTEN: Final = re.compile(r"next(?::(\d+))?|(0|1|0?\.\d+|1\.0+)")
_GIST: Final = ("MessageStatus", "ErrorCode", "ButtonText", "Body", "ContentSid", "To")
_ARRIVED: Final = ("delivered", "read")
_LOST: Final = ("failed", "undelivered", "canceled")


class Unreadable(ValueError):
    """What was typed makes no sense; the message says how to type it."""


def wire_line(exchange: dict[str, Any]) -> str:
    """Write one exchange on one line, the way a log does."""
    arrow = "call   " if exchange["direction"] == "in" else "webhook"
    status = exchange["status"] or "no answer"
    path = re.sub(r"^[a-z]+://[^/]+", "", exchange["url"])
    told = dict(parse_qsl(exchange["body"]))
    gist = " ".join(f"{name}={told[name]}" for name in _GIST if told.get(name))
    parts = [
        exchange["at"][11:19], arrow, exchange["method"], path, "→", str(status),
        f"{exchange['milliseconds']:.0f}ms", exchange["verdict"], gist,
    ]  # fmt: skip
    return " ".join(parts).rstrip()


def chat_line(message: dict[str, Any]) -> str | None:
    """Write one message as the customer's phone shows it, or why it never will; None: not yet."""
    who = "you" if message["direction"] == "inbound" else "they"
    if who == "they" and message["status"] not in (*_ARRIVED, *_LOST):
        return None
    if who == "they" and message["status"] in _LOST:
        reason = f"{message['error_code'] or ''} {message['error_message'] or ''}".strip()
        return f"  (did not arrive: {message['status']} {reason}".rstrip() + ")"
    buttons = [f"/{n} {one['text']}" for n, one in enumerate(message["buttons"], start=1)]
    offered = f"   [{']  ['.join(buttons)}]" if buttons else ""
    return f"{who}: {message['shown']}{offered}"


def fault_of(text: str) -> dict[str, Any]:
    """Read `429=0.2`, `hang=next` or `500=next:3`; raise Unreadable for anything else."""
    name, _, often = text.partition("=")
    found = _OFTEN.fullmatch(often or "next")
    if not name or found is None:
        raise Unreadable(
            f"{text!r} is no switch. Write it like 429=0.2, hang=next or 500=next:3; off lifts all."
        )
    if found[2]:
        return {"fault": name, "probability": float(found[2])}
    return {"fault": name, "next": int(found[1] or 1)}


def fault_line(fault: dict[str, Any]) -> str:
    """Write a fault in force on one line."""
    left = "" if fault["next"] is None else f"the next {fault['next']}"
    chance = "" if fault["probability"] is None else f"{fault['probability']:.0%} of all"
    seconds = f", {fault['seconds']:g} s" if fault["seconds"] else ""
    struck = f"has struck {fault['struck']} times"
    return f"{fault['fault']}: {left or chance} ({fault['strikes']}){seconds}; {struck}"
