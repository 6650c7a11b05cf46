"""What cannot be sent or looked for stops nothing else, and is shown under Problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError

from bot import problems
from bot.runtime import Runtime

STUCK = "This could not be sent or looked for and is tried again; the log says more: "

Subject = TypeVar("Subject")

log = structlog.get_logger()


def alone(runtime: Runtime, work: Callable[[Subject], int], subject: Subject, name: str) -> int:
    """Do one piece of work of many; 0 when it cannot be done, which is shown under this name.

    Raises `OperationalError`: the database's fault, with which the others would fare no better.
    """
    try:
        return work(subject)
    except OperationalError:
        raise
    except Exception as error:
        log.exception("outbox_stuck", at=work.__name__.strip("_"))
        problems.report(runtime, "outbox stuck", name, STUCK + type(error).__name__)
        return 0
