"""Logs hold no whole phone number, whatever is logged."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stderr

import pytest
import structlog
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from bot.log import configure_logging, mask
from bot.store.models import Stray
from tests.world import NOON, World


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+4915112345678", "…678"),
        ("whatsapp:+4915112345678", "whatsapp:…678"),
        ("from +4915112345678 to +15550001000.", "from …678 to …000."),
        ("4915112345678", "…678"),
        ("'15550001000'", "'…000'"),
        ("To=%2B4915112345678&x", "To=…678&x"),
        ("no number 12345 here", "no number 12345 here"),
        ("63024 and 2026-03-01", "63024 and 2026-03-01"),
        ("01a202c9-0bd2-7515-96d8-0d306cff402e", "01a202c9-0bd2-7515-96d8-0d306cff402e"),
        ("12345678-0bd2-7515-96d8-123456789012", "12345678-0bd2-7515-96d8-123456789012"),
        ("", ""),
    ],
)
def test_only_the_last_digits_of_a_number_are_left(text: str, masked: str) -> None:
    assert mask(text) == masked


NUMBER = "+4915112345678"


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    "said",
    [
        {"phone": NUMBER},
        {"sentence": f"sent to whatsapp:{NUMBER}"},
        {"error": ValueError(f"bad {NUMBER}")},
        {"to": [NUMBER, f"whatsapp:{NUMBER}"]},
        {"form": {"From": NUMBER, "deep": [{"To": NUMBER}]}},
    ],
    ids=lambda said: next(iter(said)),
)
def test_whatever_is_logged(
    capsys: pytest.CaptureFixture[str], form: str, said: dict[str, object]
) -> None:
    configure_logging(form)
    structlog.get_logger().info("something", **said)
    written = capsys.readouterr().err
    assert "678" in written
    assert "15112345" not in written


@pytest.mark.parametrize("form", ["json", "console"])
def test_nor_in_a_traceback(capsys: pytest.CaptureFixture[str], form: str) -> None:
    configure_logging(form)
    try:
        raise ValueError(f"cannot write to {NUMBER}")
    except ValueError:
        structlog.get_logger().exception("failed")
    written = capsys.readouterr().err
    assert "ValueError" in written
    assert "15112345" not in written


@pytest.mark.parametrize(
    "path", ["/sign-in/link/abc-DEF_1", "/twilio/status/abc-DEF_1", "/media/abc-DEF_1"]
)
def test_no_address_that_opens_something_is_left(path: str) -> None:
    assert mask(path) == path.replace("abc-DEF_1", "…")
    assert mask(f"GET {path}?next=/ failed") == f"GET {path}?next=/ failed".replace(
        "abc-DEF_1", "…"
    )


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_database_that_refuses_a_row_is_not_quoted(
    world: World, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    configure_logging(form)
    row = {"sid": "a private word", "reason": "", "form": {}, "at": NOON}
    for broken in (
        row,
        {"sid": "SM2", "reason": "", "form": {"Body": "a private word\0"}, "at": NOON},
    ):
        try:
            with world.database.writing() as connection:
                connection.execute(insert(Stray), [broken])
                connection.execute(insert(Stray), [broken])
        except SQLAlchemyError as error:
            structlog.get_logger().exception("database_error", error=str(error.__cause__))
    written = capsys.readouterr().err
    assert "Traceback" in written
    assert "Error" in written
    assert "private" not in written


def test_a_line_is_one_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    structlog.get_logger().warning("one", text="two\nlines")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["text"], event["level"]) == ("one", "two\nlines", "warning")
    assert re.fullmatch(r"[\d-]{10}T[\d:.]+Z", event["timestamp"])


def test_a_line_goes_to_the_standard_error_of_its_moment() -> None:
    log = structlog.get_logger()
    first, second = io.StringIO(), io.StringIO()
    with redirect_stderr(first):
        configure_logging("json")
        log.info("one")
        assert "one" in first.getvalue()
        first.close()
    with redirect_stderr(second):
        log.info("two")
    assert "two" in second.getvalue()


def test_a_statement_that_fails_keeps_its_values_to_itself(world: World) -> None:
    row: dict[str, object] = {"sid": None, "reason": "a private word", "form": {}, "at": NOON}

    def fails() -> None:
        with world.database.writing() as connection:
            connection.execute(insert(Stray), [row])

    with pytest.raises(SQLAlchemyError) as failed:
        fails()
    assert "parameters hidden" in str(failed.value)
