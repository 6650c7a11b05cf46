"""Logs: one event a line; no phone number, secret of an address, or kept text in any of them."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

NUMBER = re.compile(r"(?:\+|%2[Bb])\d{3,}(?=\d{3})|(?<![\w.-])\d{5,}(?=\d{3}(?![\w.-]))")

SECRET = re.compile(r"(/(?:sign-in/link|media|twilio/status)/)[^/\s\"'?]+")
"""The last part of addresses that open something to whoever knows them."""

ROW = re.compile(r"\n(?:DETAIL|CONTEXT): (?:(?!\n\n|\n\[SQL|\nTraceback).)*", re.DOTALL)
"""Where PostgreSQL, beside what went wrong, shows the values that it went wrong with."""


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
        mask_values,
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


def mask_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide in every value what is nobody's business: see `mask`."""
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
    """Hide in a text phone numbers (`+491511234567` becomes `…567`), secrets and values of rows."""
    return NUMBER.sub("…", SECRET.sub(r"\1…", ROW.sub("", text)))
