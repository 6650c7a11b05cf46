"""Running it: clock, evidence, outbox, problems, replies, flows, worker."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from bot import problems
from bot.cli.runtime import PLACE
from bot.messaging import stray_reports
from bot.messaging.forms import Callback
from bot.runtime import Runtime
from bot.store.models import Conversation, Entry, Message
from flows import FLOWS
from tests.cli.conftest import Opener, Terminal
from tests.world import Friend, World, new_sid


@pytest.fixture
def jo(acme: World) -> Friend:
    friend = acme.contact()
    friend.is_asked()
    return friend


class TestClock:
    @pytest.mark.parametrize(
        ("durations", "seconds", "words"),
        [
            (["90s"], 90, "1m30s ahead"),
            (["15m"], 900, "15m ahead"),
            (["24h"], 86_400, "1d ahead"),
            (["1h30m"], 5_400, "1h30m ahead"),
            (["2d", "1D"], 259_200, "3d ahead"),
            (["0.5s"], 0.5, "0.5s ahead"),
        ],
    )
    def test_it_moves_ahead(
        self, flask: Terminal, runtime: Runtime, durations: list[str], seconds: float, words: str
    ) -> None:
        printed = [flask.does("clock", "advance", duration) for duration in durations]
        assert words in printed[-1]
        ahead = runtime.clock.now() - runtime.clock.wall()
        assert abs(ahead.total_seconds() - seconds) < 0.2
        assert words in flask.does("clock", "show")
        assert ", 0s ahead" in flask.does("clock", "reset")

    @pytest.mark.parametrize("duration", ["", "x", "1", "-1h", "0s", "1h 1x", "9999999999999d"])
    def test_what_is_no_duration_is_explained(self, flask: Terminal, duration: str) -> None:
        assert flask.fails("clock", "advance", "--", duration)

    def test_it_never_leaves_what_a_moment_can_be(self, flask: Terminal) -> None:
        assert "later than any clock" in flask.fails("clock", "advance", "3000000d")
        assert ", 0s ahead" in flask.does("clock", "show")

    def test_outside_a_simulation_it_cannot_be_moved(self, open_terminal: Opener) -> None:
        flask = open_terminal(
            simulator=False,
            public_url="https://consent.example.org",
            secret_key="x" * 32,
            twilio_account_sid="AC" + "0" * 32,
            twilio_auth_token="x",
        )
        for words in (["show"], ["advance", "1h"], ["reset"]):
            assert "Set SIMULATOR=1" in flask.fails("clock", *words)


class TestEvidence:
    def tamper(self, runtime: Runtime, statement: Any) -> None:
        """Change the ledger as somebody with the database in hand could."""
        with runtime.database.writing() as connection:
            connection.execute(text("DROP TRIGGER IF EXISTS ledger_not_changed"))
            connection.execute(text("DROP TRIGGER IF EXISTS ledger_not_deleted"))
            connection.execute(statement)

    def test_what_is_as_it_was_written_passes(self, flask: Terminal, jo: Friend) -> None:
        jo.says("yes")
        jo.world.contact("+4915112345679")
        assert "2 entries of 2 conversations checked: unchanged" in flask.does("evidence", "verify")
        assert flask.json("evidence", "verify", "--org", "Acme") == {
            "conversations": 2, "entries": 2, "wrong": 0, "faults": [],
        }  # fmt: skip
        only = ("--conversation", str(jo.key[1]))
        assert "2 entries of 1" in flask.does("evidence", "verify", *only)

    @pytest.mark.parametrize(
        ("statement", "words"),
        [
            (update(Entry).values(body=func.replace(Entry.body, "+", "-")), "hash of its body"),
            (update(Entry).where(Entry.seq == 1).values(body="nonsense"), "form"),
            (update(Entry).where(Entry.seq == 1).values(hash="0" * 64), "does not follow"),
            (update(Entry).where(Entry.seq == 1).values(kind="consent.given"), "another"),
            (update(Entry).where(Entry.seq == 1).values(personal={"salt": "x"}), "form"),
            (text("DELETE FROM ledger WHERE seq = 1"), "entry 1 is missing"),
            (text("DELETE FROM ledger WHERE seq = 2"), "1 entries, but 2 were written"),
            (text("DELETE FROM ledger"), "0 entries, but 2 were written"),
            (update(Conversation).values(state="opted_out"), "lead to 'opted_in'"),
            (update(Conversation).values(head="0" * 64), "not the one that was written last"),
            (update(Conversation).values(flow="none"), "no flow 'none'"),
        ],
    )
    def test_what_was_changed_is_named(
        self, flask: Terminal, runtime: Runtime, jo: Friend, statement: Any, words: str
    ) -> None:
        jo.says("yes")
        self.tamper(runtime, statement)
        result = flask("evidence", "verify")
        assert result.exit_code == 1
        assert f"conversation {jo.key[1]}: " in result.stdout
        assert words in result.stdout
        as_json = flask("evidence", "verify", "--json")
        assert as_json.exit_code == 1
        assert json.loads(as_json.stdout)["faults"][0]["conversation"] == str(jo.key[1])

    def test_more_than_a_page_is_read(self, flask: Terminal, acme: World) -> None:
        for number in range(403):
            acme.contact(f"+1202555{number:04d}")
        assert "0 entries of 403" in flask.does("evidence", "verify")

    def test_what_is_not_there_cannot_pass(self, flask: Terminal, jo: Friend) -> None:
        unknown = str(UUID(int=1))
        assert "no conversation" in flask.fails("evidence", "verify", "--conversation", unknown)
        assert "no organization" in flask.fails("evidence", "verify", "--org", "Acne")


class TestOutbox:
    def doubt(self, runtime: Runtime, jo: Friend, status: str = "uncertain") -> str:
        with runtime.database.writing() as connection:
            changed = {"status": status, "unanswered": 4, "attempt": 4}
            connection.execute(update(Message).values(**changed))
            problems.note(connection, "message uncertain", str(jo.request_id), "?", jo.world.now)
        return str(jo.request_id)

    def message(self, runtime: Runtime) -> Any:
        with runtime.database.reading() as connection:
            return connection.execute(select(*Message.__table__.columns)).first()

    def test_what_waits_is_listed(self, flask: Terminal, runtime: Runtime, jo: Friend) -> None:
        message = self.doubt(runtime, jo)
        assert [one["id"] for one in flask.json("outbox", "list")] == [message]
        assert flask.json("outbox", "list", "--status", "queued") == []
        for limit in ("0", "-1", "9" * 30):
            assert "range" in flask.fails("outbox", "list", "--limit", limit, code=2)
        assert message in flask.does("outbox", "list", "--status", "uncertain", "--org", "Acme")

    @pytest.mark.parametrize("status", ["uncertain", "unknown"])
    def test_it_was_sent(self, flask: Terminal, runtime: Runtime, jo: Friend, status: str) -> None:
        message, sid = self.doubt(runtime, jo, status), new_sid()
        made = flask.json("outbox", "resolve", message, "--sent", sid, "--by", "ann")
        assert made == {"id": message, "status": "sent"}
        row = self.message(runtime)
        assert (row.status, row.sid, row.unknown_at) == ("sent", sid, None)
        assert row.sent_at
        self.is_noted(flask, jo, "sent")

    @pytest.mark.parametrize("status", ["uncertain", "unknown"])
    def test_it_is_sent_again(
        self, flask: Terminal, runtime: Runtime, jo: Friend, status: str
    ) -> None:
        message, token = self.doubt(runtime, jo, status), self.message(runtime).token
        flask.does("outbox", "resolve", message, "--send-again", "--by", "ann")
        row = self.message(runtime)
        assert (row.status, row.unanswered, row.token) == ("queued", 0, token)
        self.is_noted(flask, jo, "send again")

    @pytest.mark.parametrize("status", ["uncertain", "unknown"])
    def test_it_is_given_up(
        self, flask: Terminal, runtime: Runtime, jo: Friend, status: str
    ) -> None:
        message = self.doubt(runtime, jo, status)
        flask.does("outbox", "resolve", message, "--give-up", "--by", "ann")
        assert self.message(runtime).status == "failed"
        assert jo.state == "undelivered"
        self.is_noted(flask, jo, "give up")

    def is_noted(self, flask: Terminal, jo: Friend, decision: str) -> None:
        entry = json.loads(jo.links[-1].body)
        assert jo.recorded[-1] == "message.resolved"
        assert (entry["decision"], entry["by"]) == (decision, "ann")
        assert jo.is_proved()
        flask.does("evidence", "verify")
        assert flask.json("problems", "list") == []

    def test_whoever_is_logged_in_decides_unless_told(
        self, flask: Terminal, runtime: Runtime, jo: Friend
    ) -> None:
        flask.does("outbox", "resolve", self.doubt(runtime, jo), "--give-up")
        assert json.loads(jo.links[-1].body)["by"]

    def test_mistakes_are_explained(self, flask: Terminal, runtime: Runtime, jo: Friend) -> None:
        message = str(jo.request_id)
        resolve = ("outbox", "resolve")
        assert "is queued" in flask.fails(*resolve, message, "--give-up")
        self.doubt(runtime, jo)
        assert "Say one of" in flask.fails(*resolve, message, code=2)
        assert "Say one of" in flask.fails(*resolve, message, "--give-up", "--send-again", code=2)
        assert "not a MessageSid" in flask.fails(*resolve, message, "--sent", "x")
        assert "no message" in flask.fails(*resolve, str(UUID(int=1)), "--give-up")
        assert self.message(runtime).status == "uncertain"
        jo.says("hm")
        with runtime.database.reading() as connection:
            sid = str(connection.scalars(select(Message.sid).where(Message.sid.isnot(None))).one())
        assert "another message" in flask.fails(*resolve, message, "--sent", sid)


class TestReplies:
    def test_each_text_is_a_line(self, flask: Terminal) -> None:
        lines = flask.does("replies", "read", "Yes", "stop", "Ja", "--language", "de").splitlines()
        found = [json.loads(line) for line in lines]
        assert [one["meaning"] for one in found] == ["yes", "stop", "yes"]
        assert all(one.keys() == {"text", "meaning", "rule", "list"} for one in found)

    def test_without_any_lines_are_read(self, flask: Terminal) -> None:
        given = "Yes\r\n\nyes \u2028 no\n".encode() + b"\xff\n\0\nno"
        lines = flask.does("replies", "read", given=given).rstrip("\n").split("\n")
        texts = [json.loads(line)["text"] for line in lines]
        assert texts == ["Yes", "", "yes \u2028 no", "\ufffd", "\0", "no"]

    def test_no_database_is_needed(self, open_terminal: Opener) -> None:
        flask = open_terminal(database_url="postgresql://nobody@127.0.0.1:1/none")
        assert '"stop"' in flask.does("replies", "read", "STOP")


class TestFlows:
    @pytest.mark.parametrize("name", sorted(FLOWS))
    def test_each_can_be_looked_at(self, flask: Terminal, name: str) -> None:
        assert "stateDiagram" in flask.does("flow", "diagram", name)
        assert flask.does("flow", "table", name).startswith("| trigger |")

    def test_one_that_is_not_there_is_named(self, flask: Terminal) -> None:
        assert "opt_in" in flask.fails("flow", "table", "none", code=2)


def test_problems_are_listed_the_latest_first(
    flask: Terminal, runtime: Runtime, acme: World
) -> None:
    with runtime.database.writing() as connection:
        problems.note(connection, "older", "a", "first\nline", acme.now)
        acme.passes(hours=1)
        problems.note(connection, "newer", "b", "words", acme.now)
    assert [one["kind"] for one in flask.json("problems", "list")] == ["newer", "older"]
    assert "\tolder\ta\t1\tfirst line\n" in flask.does("problems", "list")


def test_reports_on_nobodys_messages_are_listed_with_what_to_do(
    flask: Terminal, runtime: Runtime, acme: World
) -> None:
    with runtime.database.writing() as connection:
        strays = [Callback("nobodys", new_sid(), "sent", None, "") for _ in range(2)]
        stray_reports.keep(connection, strays, acme.now)
    [listed] = flask.json("problems", "list")
    assert (listed["kind"], listed["count"]) == ("stray report", 2)
    assert strays[-1].sid in listed["words"]
    assert "PUBLIC_URL" in listed["words"]


def test_the_worker_says_what_it_lacks(flask: Terminal, runtime: Runtime) -> None:
    lacking = runtime.settings.model_copy(update={"twilio_auth_token": ()})
    flask.app.extensions[PLACE] = Runtime(lacking, runtime.database, runtime.clock)
    assert "TWILIO_AUTH_TOKEN" in flask.fails("worker")
