"""Parts that are imported when somebody needs them: the one place where names stand for imports.

A command is only as quick as what it imports, and `flask` loads one application for all of them.
"""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Any, cast

import click


def load(target: str) -> Any:
    """Import what `target` (`module:attribute`) names.

    Nothing that an import makes is garbage. So nobody looks for any meanwhile, nor ever again among
    what has been imported: that would take a third of a command's time, and most of it at its end.
    """
    name, attribute = target.split(":")
    if name not in sys.modules:
        gc.disable()
        try:
            importlib.import_module(name)
        finally:
            gc.enable()
            gc.freeze()
    return getattr(sys.modules[name], attribute)


class LazyCommand(click.Command):
    """Stands for the command at `target` (`module:attribute`) until it is called."""

    def __init__(self, name: str, target: str, words: str) -> None:
        super().__init__(name, help=words)
        self.target = target

    def load(self) -> click.Command:
        """Import the command that this one stands for."""
        return cast(click.Command, load(self.target))

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Let the command itself read its arguments; it is what the context will invoke."""
        return self.load().make_context(info_name, args, parent, **extra)
