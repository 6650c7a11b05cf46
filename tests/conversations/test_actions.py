"""What an agent may do in each state, on both channels: one function decides for all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.api.problem import WORDS
from bot.console.words import REASONS
from bot.conversations import engine, held, letters
from bot.conversations.actions import (
    Refusal,
    actions,
    quiet,
    why_not_ask,
    why_not_ask_in_bulk,
)
from bot.conversations.engine import Failed
from bot.conversations.letters import Letter
from bot.store.db import Database
from bot.store.models import Organization, Sender
from flows import FLOWS
from flows.flow import DAY
from tests.world import Friend, World


def fails(friend: Friend, kind: str) -> None:
    failed = Failed(friend.key, friend.request_id, kind, 1, "why.")  # type: ignore[arg-type]
    with friend.world.database.writing() as connection:
        engine.fail(connection, [failed], friend.world.now)


def nothing(friend: Friend) -> None:
    """Nobody has asked."""


def asked(friend: Friend) -> None:
    friend.is_asked()


def silent(friend: Friend) -> None:
    friend.is_asked()
    friend.world.passes(hours=24)
    friend.world.expire()


def unreachable(friend: Friend) -> None:
    friend.is_asked()
    fails(friend, "unreachable")


def undelivered(friend: Friend) -> None:
    friend.is_asked()
    fails(friend, "final")


def said_yes(friend: Friend) -> None:
    friend.is_asked()
    friend.says("Yes")


def said_yes_long_ago(friend: Friend) -> None:
    said_yes(friend)
    friend.world.passes(hours=24)


def said_stop(friend: Friend) -> None:
    friend.is_asked()
    friend.says("STOP")


def said_stop_and_yes(friend: Friend) -> None:
    said_stop(friend)
    friend.says("Yes")


OK = None
NOT = "not_opted_in"
INFORM = "not_informed"

Story = tuple[Callable[[Friend], None], str, tuple[str | None, ...]]
"""How it came about, the state, then why not: ask, text, template, SMS."""

WHATSAPP: list[Story] = [
    (nothing, "new", (OK, NOT, NOT, OK)),
    (asked, "requested", ("already_requested", NOT, NOT, OK)),
    (silent, "no_answer", (OK, NOT, NOT, OK)),
    (unreachable, "unreachable", (OK, NOT, NOT, OK)),
    (undelivered, "undelivered", (OK, NOT, NOT, OK)),
    (said_yes, "opted_in", ("already_opted_in", OK, OK, OK)),
    (said_yes_long_ago, "opted_in", ("already_opted_in", "window_closed", OK, OK)),
    (said_stop, "opted_out", ("opted_out", "opted_out", "opted_out", OK)),
    (said_stop_and_yes, "opted_in", ("already_opted_in", OK, OK, OK)),
]
SMS_CONSENT: list[Story] = [
    (nothing, "new", (OK, NOT, "whatsapp_only", OK)),
    (asked, "requested", ("already_requested", NOT, "whatsapp_only", OK)),
    (silent, "no_answer", (OK, NOT, "whatsapp_only", OK)),
    (undelivered, "undelivered", (OK, NOT, "whatsapp_only", OK)),
    (said_yes, "opted_in", ("already_opted_in", OK, "whatsapp_only", OK)),
    (said_yes_long_ago, "opted_in", ("already_opted_in", OK, "whatsapp_only", OK)),
    (said_stop, "opted_out", ("opted_out", "opted_out", "whatsapp_only", OK)),
]
SMS_DISCLAIMER: list[Story] = [
    (nothing, "new", (OK, OK, "whatsapp_only", OK)),
    (asked, "informed", ("already_informed", OK, "whatsapp_only", OK)),
    (undelivered, "undelivered", (OK, OK, "whatsapp_only", OK)),
    (said_stop, "opted_out", ("opted_out", "opted_out", "whatsapp_only", OK)),
    (said_stop_and_yes, "opted_in", ("already_opted_in", OK, "whatsapp_only", OK)),
]
TABLES = {"opt_in": WHATSAPP, "sms_consent": SMS_CONSENT, "sms_disclaimer": SMS_DISCLAIMER}
NAMES = ("request_opt_in", "send_text", "send_template", "send_sms")

# Decisions are made in memory: one database is enough.
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def verdicts(friend: Friend) -> dict[str, str | None]:
    decided = actions(friend.now, friend.world.now)
    assert all(one["allowed"] is (one["reason"] is None) for one in decided.values())
    return {name: one["reason"] for name, one in decided.items()}


def friend_on(flow: str, database: Database) -> Friend:
    world = World(database, sms=flow.removeprefix("sms_") if flow != "opt_in" else "consent")
    return world.contact(channel="whatsapp" if flow == "opt_in" else "sms")


def test_the_tables_speak_of_every_state() -> None:
    for name, table in TABLES.items():
        assert {state for _, state, _ in table} == {state.name for state in FLOWS[name].states}


@ON_SQLITE
@pytest.mark.parametrize(
    ("flow", "story"),
    [(flow, story) for flow, table in TABLES.items() for story in table],
    ids=lambda part: part if isinstance(part, str) else part[0].__name__,
)
def test_what_an_agent_may_do(database: Database, flow: str, story: Story) -> None:
    happens, state, reasons = story
    friend = friend_on(flow, database)
    happens(friend)
    assert friend.state == state
    expected = dict(zip(NAMES, reasons, strict=True))
    on_whatsapp = flow == "opt_in"
    expected["send_media"] = expected["send_text"] if on_whatsapp else "whatsapp_only"
    assert verdicts(friend) == expected


@ON_SQLITE
@pytest.mark.parametrize(
    ("flow", "story"),
    [(flow, story) for flow, table in TABLES.items() for story in table],
    ids=lambda part: part if isinstance(part, str) else part[0].__name__,
)
def test_what_is_refused_is_refused_when_it_is_tried(
    database: Database, flow: str, story: Story
) -> None:
    friend = friend_on(flow, database)
    story[0](friend)
    said = verdicts(friend)
    world, before = friend.world, len(friend.lines)

    with world.database.writing() as connection:
        tried = letters.write(connection, Letter(friend.key, "agent", "Hello"), world.now)
    refusal = tried.reason if isinstance(tried, Refusal) else None
    assert refusal == said["send_text"]
    assert (len(friend.lines) > before) is (refusal is None)


@ON_SQLITE
def test_a_request_may_be_repeated_from_the_moment_that_is_named(database: Database) -> None:
    friend = friend_on("opt_in", database)
    friend.is_asked()
    due = friend.world.now + DAY
    asked = actions(friend.now, friend.world.now)["request_opt_in"]
    assert asked["allowed_at"] == due.isoformat().replace("+00:00", "Z")
    assert actions(friend.now, due - timedelta(microseconds=1))["request_opt_in"]["reason"]
    assert actions(friend.now, due)["request_opt_in"]["allowed"], "before any worker has noticed"


@ON_SQLITE
def test_nothing_goes_by_whatsapp_while_it_is_off(database: Database) -> None:
    friend = friend_on("opt_in", database)
    said_yes(friend)
    with database.writing() as connection:
        connection.execute(update(Organization).values(whatsapp=False, sms="off"))
    off = "whatsapp_disabled"
    reasons = dict(zip(NAMES, (off, off, off, "sms_disabled"), strict=True))
    assert verdicts(friend) == reasons | {"send_media": off}


@ON_SQLITE
def test_sms_goes_on_while_whatsapp_is_off(database: Database) -> None:
    friend = friend_on("sms_disclaimer", database)
    with database.writing() as connection:
        connection.execute(update(Organization).values(whatsapp=False))
    assert verdicts(friend)["send_text"] is None


@ON_SQLITE
def test_without_a_template_nobody_is_asked_out_of_the_blue(database: Database) -> None:
    friend = friend_on("opt_in", database)
    with database.writing() as connection:
        connection.execute(update(Sender).values(templates={"ja": "HX" + "2" * 32}))
    assert verdicts(friend)["request_opt_in"] == "no_template"


@ON_SQLITE
def test_who_never_answers_is_not_asked_for_ever(database: Database) -> None:
    friend = friend_on("opt_in", database)
    choose(database, attempts=2)
    silent(friend)
    silent(friend)
    assert friend.is_asked() == Refusal("no_attempts_left")
    assert verdicts(friend)["request_opt_in"] == "no_attempts_left"
    assert friend.is_proved()
    # Whatever they write begins the count anew, and a yes counts whenever it comes.
    friend.says("who is this?")
    assert friend.is_asked() is None
    friend.says("yes")
    assert friend.state == "opted_in"


@ON_SQLITE
def test_a_request_that_nobody_got_is_no_attempt(database: Database) -> None:
    friend = friend_on("opt_in", database)
    choose(database, attempts=1)
    for happens in (undelivered, unreachable, undelivered):
        happens(friend)
    assert friend.is_asked() is None
    friend.world.passes(hours=24)
    assert friend.is_asked() == Refusal("no_attempts_left")


@ON_SQLITE
def test_without_a_limit_a_contact_is_asked_as_often_as_agents_like(database: Database) -> None:
    friend = friend_on("opt_in", database)
    choose(database, attempts=0)
    for _ in range(8):
        silent(friend)
    assert friend.is_asked() is None


@ON_SQLITE
def test_quiet_hours_keep_bulk_requests_and_let_an_agent_decide(database: Database) -> None:
    friend = friend_on("opt_in", database)
    night = friend.world.now.replace(hour=22)
    morning = (night + DAY).replace(hour=7)  # eight o'clock in Berlin
    assert why_not_ask_in_bulk(friend.now, night) == Refusal("quiet_hours", morning)
    assert quiet(friend.now, night) == morning
    assert why_not_ask(friend.now, night) is None
    assert why_not_ask_in_bulk(friend.now, morning) is None
    choose(database, quiet_hours="")
    assert why_not_ask_in_bulk(friend.now, night) is None


def choose(database: Database, **values: object) -> None:
    with database.writing() as connection:
        connection.execute(update(Organization).values(**values))


def test_every_refusal_has_words_for_agents_and_for_programs() -> None:
    for reason in (
        "no_attempts_left",
        "already_requested",
        "opted_out",
        "no_template",
        "too_many_messages",
    ):
        assert WORDS[reason]
        assert REASONS[reason].says


@ON_SQLITE
def test_somebody_without_a_number_gets_no_sms(database: Database) -> None:
    friend = friend_on("opt_in", database)
    nameless = Friend(friend.world, friend.house, "US.13491208655302741918", friend.key)
    nameless.says("hello")
    with database.reading() as connection:
        ends = (friend.house.address, nameless.phone)
        (there,) = held.by_ends(connection, [ends], lock=False).values()
    assert actions(there, friend.world.now)["send_sms"]["reason"] == "no_phone"
