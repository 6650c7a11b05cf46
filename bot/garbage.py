"""How often Python looks for garbage among objects that point at each other."""

from __future__ import annotations

import gc

COLLECT_AFTER = 20_000
"""New objects after which the garbage collector looks among them."""


def settle() -> None:
    """Let the collector pass over what stays for good, and come by less often.

    For a process that has imported what it needs and is about to serve: the application is some
    120,000 objects, and every turn makes hundreds that are gone at once.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
