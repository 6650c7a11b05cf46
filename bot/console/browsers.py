"""What a browser is called, from what it says about itself."""

from __future__ import annotations

NAMES = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
         ("Safari", "Safari"), ("curl", "curl"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))  # fmt: skip


def browser_name(user_agent: str) -> str:
    """`Firefox on Linux`; what cannot be told is left out."""
    name = next((name for mark, name in NAMES if mark in user_agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{name} on {system}" if system else name
