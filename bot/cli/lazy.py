"""Commands that are imported when somebody calls them."""

from __future__ import annotations

import importlib
from typing import Any, cast

import click


class LazyCommand(click.Command):
    """Stands for the command at `target` (`module:attribute`) until it is called."""

    def __init__(self, name: str, target: str, words: str) -> None:
        super().__init__(name, help=words)
        self._target = target

    def load(self) -> click.Command:
        """Import the command that this one stands for."""
        module, attribute = self._target.split(":")
        return cast(click.Command, getattr(importlib.import_module(module), attribute))

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Let the command itself read its arguments; it is what the context will invoke."""
        return self.load().make_context(info_name, args, parent, **extra)
