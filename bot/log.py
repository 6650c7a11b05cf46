"""Logs: one event a line, and no phone number in any of them."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

NUMBER = re.compile(r"(?:\+|%2[Bb])\d{3,}(?=\d{3})|(?<![\w.-])\d{5,}(?=\d{3}(?![\w.-]))")


class _StandardError:
    """Whatever standard error is when a line is written: loggers outlive one that was put in its
    place and closed since."""

    def write(self, text: str) -> None:
        """Write to standard error as it is now."""
        sys.stderr.write(text)

    def flush(self) -> None:
        """Let nothing wait in a buffer."""
        sys.stderr.flush()


def configure_logging(form: str) -> None:
    """Write logs to standard error as `json`, or as `console` for people."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_numbers,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )


def mask_numbers(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Leave only the last three digits of anything that looks like a phone number."""
    return {key: _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict):
        return {mask(str(key)): _masked(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(one) for one in value]
    return mask(value if isinstance(value, str) else repr(value))


def mask(text: str) -> str:
    """Hide phone numbers in a text: `+491511234567` becomes `…567`."""
    return NUMBER.sub("…", text)
